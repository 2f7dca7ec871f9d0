// Made by scripts/validators.mjs from schemas/config.schema.json.
"use strict";
export const validate = validate10;
export default validate10;
const schema11 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"https://majordomo.invalid/schemas/config.schema.json","type":"object","additionalProperties":false,"properties":{"$schema":{"type":"string"},"aliases":{"type":["object","null"],"additionalProperties":{"$ref":"#/definitions/text"}},"model":{"$ref":"#/definitions/optionalText"},"chain":{"type":["object","null"],"additionalProperties":false,"properties":{"retries":{"$ref":"#/definitions/retries"},"advanceOnPermanent":{"$ref":"#/definitions/flag"},"maxAttempts":{"$ref":"#/definitions/count"},"maxRetryAfter":{"$ref":"#/definitions/duration"},"timeout":{"$ref":"#/definitions/duration"},"attemptTimeout":{"$ref":"#/definitions/duration"},"firstTokenTimeout":{"$ref":"#/definitions/duration"},"idleTimeout":{"$ref":"#/definitions/duration"},"connectTimeout":{"$ref":"#/definitions/duration"},"hedge":{"$ref":"#/definitions/duration"}}},"health":{"type":["object","null"],"additionalProperties":false,"properties":{"store":{"$ref":"#/definitions/optionalText"},"threshold":{"$ref":"#/definitions/count"},"cooldown":{"$ref":"#/definitions/duration"},"maxCooldown":{"$ref":"#/definitions/duration"}}},"providers":{"type":["object","null"],"additionalProperties":{"$ref":"#/definitions/text"}},"trustedProjects":{"type":["array","null"],"items":{"$ref":"#/definitions/text"}}},"definitions":{"text":{"type":"string","minLength":1},"optionalText":{"type":["string","null"],"minLength":1},"flag":{"type":["boolean","null"]},"count":{"type":["integer","null"],"minimum":1,"maximum":9007199254740991},"retries":{"type":["integer","null"],"minimum":0,"maximum":9007199254740991},"duration":{"type":["string","null"],"pattern":"^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$"}}};
const schema12 = {"type":"string","minLength":1};
const schema13 = {"type":["string","null"],"minLength":1};
const schema14 = {"type":["integer","null"],"minimum":0,"maximum":9007199254740991};
const schema15 = {"type":["boolean","null"]};
const schema16 = {"type":["integer","null"],"minimum":1,"maximum":9007199254740991};
const schema17 = {"type":["string","null"],"pattern":"^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$"};
const func2 = Object.prototype.hasOwnProperty;
const pattern0 = new RegExp("^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://majordomo.invalid/schemas/config.schema.json" */;
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
const _errs1 = errors;
for(const key0 in data){
if(!(((((((key0 === "$schema") || (key0 === "aliases")) || (key0 === "model")) || (key0 === "chain")) || (key0 === "health")) || (key0 === "providers")) || (key0 === "trustedProjects"))){
validate10.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.$schema !== undefined){
const _errs2 = errors;
if(typeof data.$schema !== "string"){
validate10.errors = [{instancePath:instancePath+"/$schema",schemaPath:"#/properties/%24schema/type",keyword:"type",params:{type: "string"}}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.aliases !== undefined){
let data1 = data.aliases;
const _errs4 = errors;
if((!(data1 && typeof data1 == "object" && !Array.isArray(data1))) && (data1 !== null)){
validate10.errors = [{instancePath:instancePath+"/aliases",schemaPath:"#/properties/aliases/type",keyword:"type",params:{type: schema11.properties.aliases.type}}];
return false;
}
if(errors === _errs4){
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
for(const key1 in data1){
let data2 = data1[key1];
const _errs7 = errors;
const _errs8 = errors;
if(errors === _errs8){
if(typeof data2 === "string"){
if(data2.length < 1){
validate10.errors = [{instancePath:instancePath+"/aliases/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/text/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
else {
validate10.errors = [{instancePath:instancePath+"/aliases/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/text/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid1 = _errs7 === errors;
if(!valid1){
break;
}
}
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.model !== undefined){
let data3 = data.model;
const _errs10 = errors;
const _errs11 = errors;
if((typeof data3 !== "string") && (data3 !== null)){
validate10.errors = [{instancePath:instancePath+"/model",schemaPath:"#/definitions/optionalText/type",keyword:"type",params:{type: schema13.type}}];
return false;
}
if(errors === _errs11){
if(typeof data3 === "string"){
if(data3.length < 1){
validate10.errors = [{instancePath:instancePath+"/model",schemaPath:"#/definitions/optionalText/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.chain !== undefined){
let data4 = data.chain;
const _errs13 = errors;
if((!(data4 && typeof data4 == "object" && !Array.isArray(data4))) && (data4 !== null)){
validate10.errors = [{instancePath:instancePath+"/chain",schemaPath:"#/properties/chain/type",keyword:"type",params:{type: schema11.properties.chain.type}}];
return false;
}
if(errors === _errs13){
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
const _errs15 = errors;
for(const key2 in data4){
if(!(func2.call(schema11.properties.chain.properties, key2))){
validate10.errors = [{instancePath:instancePath+"/chain",schemaPath:"#/properties/chain/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}}];
return false;
break;
}
}
if(_errs15 === errors){
if(data4.retries !== undefined){
let data5 = data4.retries;
const _errs16 = errors;
const _errs17 = errors;
if((!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))) && (data5 !== null)){
validate10.errors = [{instancePath:instancePath+"/chain/retries",schemaPath:"#/definitions/retries/type",keyword:"type",params:{type: schema14.type}}];
return false;
}
if(errors === _errs17){
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 9007199254740991 || isNaN(data5)){
validate10.errors = [{instancePath:instancePath+"/chain/retries",schemaPath:"#/definitions/retries/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data5 < 0 || isNaN(data5)){
validate10.errors = [{instancePath:instancePath+"/chain/retries",schemaPath:"#/definitions/retries/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}}];
return false;
}
}
}
}
var valid4 = _errs16 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data4.advanceOnPermanent !== undefined){
let data6 = data4.advanceOnPermanent;
const _errs19 = errors;
if((typeof data6 !== "boolean") && (data6 !== null)){
validate10.errors = [{instancePath:instancePath+"/chain/advanceOnPermanent",schemaPath:"#/definitions/flag/type",keyword:"type",params:{type: schema15.type}}];
return false;
}
var valid4 = _errs19 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data4.maxAttempts !== undefined){
let data7 = data4.maxAttempts;
const _errs22 = errors;
const _errs23 = errors;
if((!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))) && (data7 !== null)){
validate10.errors = [{instancePath:instancePath+"/chain/maxAttempts",schemaPath:"#/definitions/count/type",keyword:"type",params:{type: schema16.type}}];
return false;
}
if(errors === _errs23){
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 9007199254740991 || isNaN(data7)){
validate10.errors = [{instancePath:instancePath+"/chain/maxAttempts",schemaPath:"#/definitions/count/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data7 < 1 || isNaN(data7)){
validate10.errors = [{instancePath:instancePath+"/chain/maxAttempts",schemaPath:"#/definitions/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}}];
return false;
}
}
}
}
var valid4 = _errs22 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data4.maxRetryAfter !== undefined){
let data8 = data4.maxRetryAfter;
const _errs25 = errors;
const _errs26 = errors;
if((typeof data8 !== "string") && (data8 !== null)){
validate10.errors = [{instancePath:instancePath+"/chain/maxRetryAfter",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: schema17.type}}];
return false;
}
if(errors === _errs26){
if(typeof data8 === "string"){
if(!pattern0.test(data8)){
validate10.errors = [{instancePath:instancePath+"/chain/maxRetryAfter",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$"}}];
return false;
}
}
}
var valid4 = _errs25 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data4.timeout !== undefined){
let data9 = data4.timeout;
const _errs28 = errors;
const _errs29 = errors;
if((typeof data9 !== "string") && (data9 !== null)){
validate10.errors = [{instancePath:instancePath+"/chain/timeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: schema17.type}}];
return false;
}
if(errors === _errs29){
if(typeof data9 === "string"){
if(!pattern0.test(data9)){
validate10.errors = [{instancePath:instancePath+"/chain/timeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$"}}];
return false;
}
}
}
var valid4 = _errs28 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data4.attemptTimeout !== undefined){
let data10 = data4.attemptTimeout;
const _errs31 = errors;
const _errs32 = errors;
if((typeof data10 !== "string") && (data10 !== null)){
validate10.errors = [{instancePath:instancePath+"/chain/attemptTimeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: schema17.type}}];
return false;
}
if(errors === _errs32){
if(typeof data10 === "string"){
if(!pattern0.test(data10)){
validate10.errors = [{instancePath:instancePath+"/chain/attemptTimeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$"}}];
return false;
}
}
}
var valid4 = _errs31 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data4.firstTokenTimeout !== undefined){
let data11 = data4.firstTokenTimeout;
const _errs34 = errors;
const _errs35 = errors;
if((typeof data11 !== "string") && (data11 !== null)){
validate10.errors = [{instancePath:instancePath+"/chain/firstTokenTimeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: schema17.type}}];
return false;
}
if(errors === _errs35){
if(typeof data11 === "string"){
if(!pattern0.test(data11)){
validate10.errors = [{instancePath:instancePath+"/chain/firstTokenTimeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$"}}];
return false;
}
}
}
var valid4 = _errs34 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data4.idleTimeout !== undefined){
let data12 = data4.idleTimeout;
const _errs37 = errors;
const _errs38 = errors;
if((typeof data12 !== "string") && (data12 !== null)){
validate10.errors = [{instancePath:instancePath+"/chain/idleTimeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: schema17.type}}];
return false;
}
if(errors === _errs38){
if(typeof data12 === "string"){
if(!pattern0.test(data12)){
validate10.errors = [{instancePath:instancePath+"/chain/idleTimeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$"}}];
return false;
}
}
}
var valid4 = _errs37 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data4.connectTimeout !== undefined){
let data13 = data4.connectTimeout;
const _errs40 = errors;
const _errs41 = errors;
if((typeof data13 !== "string") && (data13 !== null)){
validate10.errors = [{instancePath:instancePath+"/chain/connectTimeout",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: schema17.type}}];
return false;
}
if(errors === _errs41){
if(typeof data13 === "string"){
if(!pattern0.test(data13)){
validate10.errors = [{instancePath:instancePath+"/chain/connectTimeout",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$"}}];
return false;
}
}
}
var valid4 = _errs40 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data4.hedge !== undefined){
let data14 = data4.hedge;
const _errs43 = errors;
const _errs44 = errors;
if((typeof data14 !== "string") && (data14 !== null)){
validate10.errors = [{instancePath:instancePath+"/chain/hedge",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: schema17.type}}];
return false;
}
if(errors === _errs44){
if(typeof data14 === "string"){
if(!pattern0.test(data14)){
validate10.errors = [{instancePath:instancePath+"/chain/hedge",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$"}}];
return false;
}
}
}
var valid4 = _errs43 === errors;
}
else {
var valid4 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
var valid0 = _errs13 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.health !== undefined){
let data15 = data.health;
const _errs46 = errors;
if((!(data15 && typeof data15 == "object" && !Array.isArray(data15))) && (data15 !== null)){
validate10.errors = [{instancePath:instancePath+"/health",schemaPath:"#/properties/health/type",keyword:"type",params:{type: schema11.properties.health.type}}];
return false;
}
if(errors === _errs46){
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
const _errs48 = errors;
for(const key3 in data15){
if(!((((key3 === "store") || (key3 === "threshold")) || (key3 === "cooldown")) || (key3 === "maxCooldown"))){
validate10.errors = [{instancePath:instancePath+"/health",schemaPath:"#/properties/health/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}}];
return false;
break;
}
}
if(_errs48 === errors){
if(data15.store !== undefined){
let data16 = data15.store;
const _errs49 = errors;
const _errs50 = errors;
if((typeof data16 !== "string") && (data16 !== null)){
validate10.errors = [{instancePath:instancePath+"/health/store",schemaPath:"#/definitions/optionalText/type",keyword:"type",params:{type: schema13.type}}];
return false;
}
if(errors === _errs50){
if(typeof data16 === "string"){
if(data16.length < 1){
validate10.errors = [{instancePath:instancePath+"/health/store",schemaPath:"#/definitions/optionalText/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
}
var valid15 = _errs49 === errors;
}
else {
var valid15 = true;
}
if(valid15){
if(data15.threshold !== undefined){
let data17 = data15.threshold;
const _errs52 = errors;
const _errs53 = errors;
if((!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))) && (data17 !== null)){
validate10.errors = [{instancePath:instancePath+"/health/threshold",schemaPath:"#/definitions/count/type",keyword:"type",params:{type: schema16.type}}];
return false;
}
if(errors === _errs53){
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 > 9007199254740991 || isNaN(data17)){
validate10.errors = [{instancePath:instancePath+"/health/threshold",schemaPath:"#/definitions/count/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}}];
return false;
}
else {
if(data17 < 1 || isNaN(data17)){
validate10.errors = [{instancePath:instancePath+"/health/threshold",schemaPath:"#/definitions/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}}];
return false;
}
}
}
}
var valid15 = _errs52 === errors;
}
else {
var valid15 = true;
}
if(valid15){
if(data15.cooldown !== undefined){
let data18 = data15.cooldown;
const _errs55 = errors;
const _errs56 = errors;
if((typeof data18 !== "string") && (data18 !== null)){
validate10.errors = [{instancePath:instancePath+"/health/cooldown",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: schema17.type}}];
return false;
}
if(errors === _errs56){
if(typeof data18 === "string"){
if(!pattern0.test(data18)){
validate10.errors = [{instancePath:instancePath+"/health/cooldown",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$"}}];
return false;
}
}
}
var valid15 = _errs55 === errors;
}
else {
var valid15 = true;
}
if(valid15){
if(data15.maxCooldown !== undefined){
let data19 = data15.maxCooldown;
const _errs58 = errors;
const _errs59 = errors;
if((typeof data19 !== "string") && (data19 !== null)){
validate10.errors = [{instancePath:instancePath+"/health/maxCooldown",schemaPath:"#/definitions/duration/type",keyword:"type",params:{type: schema17.type}}];
return false;
}
if(errors === _errs59){
if(typeof data19 === "string"){
if(!pattern0.test(data19)){
validate10.errors = [{instancePath:instancePath+"/health/maxCooldown",schemaPath:"#/definitions/duration/pattern",keyword:"pattern",params:{pattern: "^(?=.*[1-9])(?! )(?:\\d+(?:\\.\\d+)?h)?(?: ?\\d+(?:\\.\\d+)?m)?(?: ?\\d+(?:\\.\\d+)?s)?(?: ?\\d+(?:\\.\\d+)?ms)?$"}}];
return false;
}
}
}
var valid15 = _errs58 === errors;
}
else {
var valid15 = true;
}
}
}
}
}
}
}
var valid0 = _errs46 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.providers !== undefined){
let data20 = data.providers;
const _errs61 = errors;
if((!(data20 && typeof data20 == "object" && !Array.isArray(data20))) && (data20 !== null)){
validate10.errors = [{instancePath:instancePath+"/providers",schemaPath:"#/properties/providers/type",keyword:"type",params:{type: schema11.properties.providers.type}}];
return false;
}
if(errors === _errs61){
if(data20 && typeof data20 == "object" && !Array.isArray(data20)){
for(const key4 in data20){
let data21 = data20[key4];
const _errs64 = errors;
const _errs65 = errors;
if(errors === _errs65){
if(typeof data21 === "string"){
if(data21.length < 1){
validate10.errors = [{instancePath:instancePath+"/providers/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/text/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
else {
validate10.errors = [{instancePath:instancePath+"/providers/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/text/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid20 = _errs64 === errors;
if(!valid20){
break;
}
}
}
}
var valid0 = _errs61 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.trustedProjects !== undefined){
let data22 = data.trustedProjects;
const _errs67 = errors;
if((!(Array.isArray(data22))) && (data22 !== null)){
validate10.errors = [{instancePath:instancePath+"/trustedProjects",schemaPath:"#/properties/trustedProjects/type",keyword:"type",params:{type: schema11.properties.trustedProjects.type}}];
return false;
}
if(errors === _errs67){
if(Array.isArray(data22)){
var valid22 = true;
const len0 = data22.length;
for(let i0=0; i0<len0; i0++){
let data23 = data22[i0];
const _errs69 = errors;
const _errs70 = errors;
if(errors === _errs70){
if(typeof data23 === "string"){
if(data23.length < 1){
validate10.errors = [{instancePath:instancePath+"/trustedProjects/" + i0,schemaPath:"#/definitions/text/minLength",keyword:"minLength",params:{limit: 1}}];
return false;
}
}
else {
validate10.errors = [{instancePath:instancePath+"/trustedProjects/" + i0,schemaPath:"#/definitions/text/type",keyword:"type",params:{type: "string"}}];
return false;
}
}
var valid22 = _errs69 === errors;
if(!valid22){
break;
}
}
}
}
var valid0 = _errs67 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
else {
validate10.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}}];
return false;
}
}
validate10.errors = vErrors;
return errors === 0;
}
