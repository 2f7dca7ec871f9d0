import { ForgetfulStore } from '../core/forgetful-store.js';

/** The store of who wants none. */
export class OffStore extends ForgetfulStore {}
