#include "scenario/shapes.h"

namespace offstage::scenario {

namespace {

using enum Takes;

const Shape& AsShape() {
  static const Shape shape{
      "`as`",
      "as",
      "Whose token is sent, and what kind of token.",
      {{"user", kText, "The user's name in this scenario.", nullptr, StepKind::kAny, false, true},
       {"token", kText, "id (the default) or access."},
       {"expires-in", kDuration, "How long it is good for; by the deployment's clock."},
       {"flaw", kText, "expired, wrong-issuer or wrong-signature."},
       {"claims", kMap, "Claims to add or replace."}}};
  return shape;
}

const Shape& UserShape() {
  static const Shape shape{
      "a user",
      "user",
      "Somebody who has signed up and been confirmed. Everything has a default.",
      {{"email", kText, "E-mail address, verified (default: NAME@example.com)."},
       {"phone", kText, "Telephone number, verified."},
       {"username", kText,
        "User name in the pool (default: the e-mail address where the pool "
        "wants one, else the name here)."},
       {"password", kText, "Password (default: one that the usual policies accept)."},
       {"groups", kTextOrList, "Groups that the user is in; made where the pool has none."},
       {"attributes", kMap, "Further attributes: `custom:twitter: ada`."},
       {"enabled", kBool, "Whether the user may sign in (default true)."},
       {"pool", kText, "Which user pool, by name or id, where there are several."},
       {"client", kText, "Which app client (default: the first without a secret)."}}};
  return shape;
}

const Shape& ParameterShape() {
  static const Shape shape{
      "a parameter",
      "parameter",
      "A parameter of Systems Manager.",
      {{"Value", kTextOrList, "Its value.", nullptr, StepKind::kAny, false, true},
       {"Type", kText, "String (the default), StringList or SecureString."}}};
  return shape;
}

const Shape& EventuallyShape() {
  static const Shape shape{"eventually",
                           "eventually",
                           "How long a step may take to come true.",
                           {{"within", kDuration, "Fails when the step has not come true by then.",
                             nullptr, StepKind::kAny, false, true},
                            {"every", kDuration, "Pause between two attempts (default 50ms)."}}};
  return shape;
}

const Shape& FaultShape() {
  static const Shape shape{
      "a fault",
      "fault",
      "DynamoDB calls that go wrong on purpose, the same way each time.",
      {{"function", kText, "Only calls of this function."},
       {"operation", kText, "Only this operation, e.g. GetItem."},
       {"table", kText, "Only calls that name this table."},
       {"nth", kText, "The first call hit, counted from 1 (default 1)."},
       {"times", kText, "How many calls in a row are hit (default 1), or `always`."},
       {"throttle", kBool, "They fail with ProvisionedThroughputExceededException."},
       {"fail", kText, "They fail with this error type, e.g. InternalServerError."},
       {"message", kText, "The error's text."},
       {"latency", kDuration, "They are answered that much later."},
       {"kill", kBool, "The process that makes the call is killed, as in a crash."}}};
  return shape;
}

const Shape& TableExpectShape() {
  static const Shape shape{
      "a table's contents",
      "tableContents",
      "What a table holds when the step is over.",
      {{"count", kMatcher, "How many items."},
       {"has", kMatcherList, "Items that are there; each needs only the attributes to compare."},
       {"lacks", kMatcherList, "No item fits any of these."},
       {"items", kMatcher, "All items, as a list in no particular order."}}};
  return shape;
}

const Shape& LogExpectShape() {
  static const Shape shape{"log",
                           "log",
                           "Lines that the step's functions wrote.",
                           {{"has", kMatcherList, "Some line fits; a text fits where it occurs."},
                            {"lacks", kMatcherList, "No line fits."}}};
  return shape;
}

const Shape& ErrorExpectShape() {
  static const Shape shape{
      "error",
      "error",
      "How an invocation failed.",
      {{"type", kMatcher, "errorType, e.g. ValueError, or CodeMismatchException."},
       {"message", kMatcher, "errorMessage."}}};
  return shape;
}

std::vector<Field> StepFields() {
  std::vector<Field> fields{
      {"name", kText, "What the step does, for reports."},
      // HTTP.
      {"get", kText, "GET this path (with its query, if you like).", nullptr, StepKind::kHttp,
       true},
      {"post", kText, "POST to this path.", nullptr, StepKind::kHttp, true},
      {"put", kText, "PUT to this path.", nullptr, StepKind::kHttp, true},
      {"patch", kText, "PATCH this path.", nullptr, StepKind::kHttp, true},
      {"delete", kText, "DELETE this path.", nullptr, StepKind::kHttp, true},
      {"head", kText, "HEAD of this path.", nullptr, StepKind::kHttp, true},
      {"options", kText, "OPTIONS of this path (a preflight).", nullptr, StepKind::kHttp, true},
      {"request", kText, "Any method: `REPORT /path`.", nullptr, StepKind::kHttp, true},
      {"query", kMap, "Query parameters; a list repeats one.", nullptr, StepKind::kHttp},
      {"headers", kMap, "Request headers; a list repeats one.", nullptr, StepKind::kHttp},
      {"json", kAny, "Body as JSON; sets Content-Type.", nullptr, StepKind::kHttp},
      {"form", kMap, "Body as application/x-www-form-urlencoded.", nullptr, StepKind::kHttp},
      {"multipart", kMap, "Body as multipart/form-data; a part is a text or {file, type, name}.",
       nullptr, StepKind::kHttp},
      {"text", kText, "Body as it is.", nullptr, StepKind::kHttp},
      {"base64", kText, "Binary body, in base64.", nullptr, StepKind::kHttp},
      {"file", kText, "Body from a file, relative to this one.", nullptr, StepKind::kHttp},
      {"contract", kText, "off: this response is not checked against the file's contract.", nullptr,
       StepKind::kHttp},
      {"api", kText, "Which API, by its logical id, where there are several (default: the first).",
       nullptr, StepKind::kHttp},
      {"as", kTextOrShape,
       "Send this user's token: that of the last sign-in here, else one made for it.", &AsShape(),
       StepKind::kHttp},
      // Functions.
      {"invoke", kText, "Run this function directly, by logical id.", nullptr, StepKind::kInvoke,
       true},
      {"event", kAny, "Its event (default {}).", nullptr, StepKind::kInvoke},
      // Tables.
      {"put-item", kText, "Put `item` or `items` into this table.", nullptr, StepKind::kPutItem,
       true},
      {"get-item", kText, "Read the item with `key` from this table.", nullptr, StepKind::kGetItem,
       true},
      {"update-item", kText, "Change attributes of the item with `key`.", nullptr,
       StepKind::kUpdateItem, true},
      {"delete-item", kText, "Delete the item with `key` from this table.", nullptr,
       StepKind::kDeleteItem, true},
      {"query-items", kText,
       "Read the items of this table whose key attributes are as `where` says.", nullptr,
       StepKind::kQuery, true},
      {"scan-items", kText, "Read all items of this table.", nullptr, StepKind::kScan, true},
      {"item", kMap, "The item, as plain JSON.", nullptr, StepKind::kPutItem},
      {"items", kList, "Several items.", nullptr, StepKind::kPutItem},
      {"key", kMap, "The item's key attributes.", nullptr, StepKind::kGetItem},
      {"where", kMap, "Key attributes and their values.", nullptr, StepKind::kQuery},
      {"index", kText, "Through this index.", nullptr, StepKind::kQuery},
      {"change", kMap, "Attributes to set.", nullptr, StepKind::kUpdateItem},
      {"remove", kTextOrList, "Attributes to remove.", nullptr, StepKind::kUpdateItem},
      // The rest.
      {"set", kMap, "Set variables.", nullptr, StepKind::kSet, true},
      {"settle", kDuration,
       "Wait until nothing is in flight any more; fail with what still is after this time.",
       nullptr, StepKind::kSettle, true},
      {"advance", kDuration, "Move the deployment's clock on.", nullptr, StepKind::kAdvance, true},
      {"cold-start", kTextOrList, "The next call of these functions (or `all`) starts cold.",
       nullptr, StepKind::kColdStart, true},
      {"fault", kShapeOrList, "From here on, let DynamoDB calls go wrong.", &FaultShape(),
       StepKind::kFault, true},
      {"use", kText, "Run a block of steps: its name, or `file.yml#name`.", nullptr, StepKind::kUse,
       true},
      {"with", kMap, "Variables for that block.", nullptr, StepKind::kUse},
      {"check", kText, "Do nothing but look: says what is expected.", nullptr, StepKind::kCheck,
       true},
      // User pools.
      {"sign-up", kText, "Sign this user up, as an application does.", nullptr, StepKind::kSignUp,
       true},
      {"confirm", kText, "Confirm this user's sign-up, with the `code` of the mailbox.", nullptr,
       StepKind::kConfirm, true},
      {"sign-in", kText, "Sign this user in; `as` then sends the token.", nullptr,
       StepKind::kSignIn, true},
      {"mailbox", kText, "Read the newest message that was sent to this user.", nullptr,
       StepKind::kMailbox, true},
      {"cognito", kText, "Any operation of a user pool, e.g. ForgotPassword.", nullptr,
       StepKind::kCognito, true},
      {"email", kText, "E-mail address (default: NAME@example.com).", nullptr, StepKind::kSignUp},
      {"phone", kText, "Telephone number.", nullptr, StepKind::kSignUp},
      {"username", kText, "User name, where it is not the step's.", nullptr, StepKind::kSignUp},
      {"password", kText, "Password (default: one that the usual policies accept).", nullptr,
       StepKind::kSignUp},
      {"attributes", kMap, "Further attributes: `custom:twitter: ada`.", nullptr,
       StepKind::kSignUp},
      {"code", kText, "The code (default: that of the newest message).", nullptr,
       StepKind::kConfirm},
      {"parameters", kMap, "The operation's request; UserPoolId and ClientId are filled in.",
       nullptr, StepKind::kCognito},
      {"pool", kText, "Which user pool, where there are several.", nullptr, StepKind::kSignUp},
      {"client", kText, "Which app client.", nullptr, StepKind::kSignUp},
      // Any step.
      {"expect", kShape, "What must be true afterwards.", &ExpectShape()},
      {"capture", kMap,
       "Keep values for later steps: name: $.path, `header NAME`, status or body."},
      {"eventually", kDurationOrShape,
       "Repeat the step until its expectations hold, at most this long.", &EventuallyShape()}};
  return fields;
}

}  // namespace

const Shape& ExpectShape() {
  static const Shape shape{
      "expect",
      "expect",
      "What must be true after a step. What is not named is not looked at.",
      {{"status", kMatcher, "HTTP status: 200, or 2xx."},
       {"headers", kMatcherMap, "Response headers; <absent> for one that must not be there."},
       {"body", kMatcher,
        "Response body. A map names the members to compare; others may be there."},
       {"jsonpath", kMatcherMap, "Places in the body: `$.users[0].name: Ada`."},
       {"result", kMatcher, "What an invoked function, a user pool or the mailbox returned."},
       {"error", kShape, "How an invoked function failed, or what the user pool refused with.",
        &ErrorExpectShape()},
       {"item", kMatcher, "The item that was read; <absent> for none."},
       {"items", kMatcher, "The items that were read."},
       {"count", kMatcher, "How many items were read."},
       {"tables", kShapeMap, "What tables hold now.", &TableExpectShape()},
       {"calls", kMatcherMap,
        "AWS calls made meanwhile: `dynamodb.GetItem: 1`, `dynamodb.Query ArticlesTable: <1..2>`, "
        "`dynamodb: 0` for all of a service."},
       {"capacity", kMatcherMap,
        "Capacity units that DynamoDB calls consumed meanwhile: `total: <..5>`, `UsersTable: "
        "0.5`."},
       {"function", kMatcher, "Which function answered, by logical id."},
       {"start", kMatcher, "cold or warm."},
       {"duration", kMatcher, "Milliseconds until the answer: `<..250>`."},
       {"log", kShape, "What the functions wrote.", &LogExpectShape()},
       {"snapshot", kText, "The body is as it was when the snapshot of this name was taken."}}};
  return shape;
}

const Shape& StepShape() {
  static const Shape shape{"a step", "step", "One thing that is done, and what must then be true.",
                           StepFields()};
  return shape;
}

namespace {

const Shape& GivenShape() {
  static const Shape shape{
      "given",
      "given",
      "What there is before the first step.",
      {{"data", kTextOrList, "Data files, as `offstage data export` writes them."},
       {"tables", kMap, "Items by table: `UsersTable: [{...}]`."},
       {"clock", kText,
        "The deployment's time, e.g. 2026-01-31T12:00:00Z. It ticks on from there."},
       {"faults", kShapeOrList, "DynamoDB calls that go wrong.", &FaultShape()},
       {"users", kShapeMap, "Confirmed users of the user pool: `ada: {groups: [admins]}`.",
        &UserShape()},
       {"parameters", kParameterMap,
        "Parameters of Systems Manager, by name: a text, a list (StringList) or "
        "{Type: SecureString, Value: ...}. They win over --ssm-parameters and the template's own.",
        &ParameterShape()}}};
  return shape;
}

}  // namespace

const Shape& ScenarioShape() {
  static const Shape shape{
      "a scenario",
      "scenario",
      "One behaviour of the backend. It starts from its own fresh data.",
      {{"name", kText, "What the backend does.", nullptr, StepKind::kAny, false, true},
       {"tags", kTextOrList, "Words to choose scenarios by: --tag."},
       {"skip", kText, "Do not run it; says why."},
       {"given", kShape, "Data and circumstances, besides the file's.", &GivenShape()},
       {"vars", kMap, "Variables: `${name}` in any value below."},
       {"examples", kList, "Run once for each of these sets of variables."},
       {"matrix", kMap, "Run for each combination: `limit: [0, 101]`."},
       {"steps", kShapeList, "What is done, in order.", &StepShape(), StepKind::kAny, false, true},
       {"teardown", kShapeList, "Steps that run at the end, whatever happened.", &StepShape()}}};
  return shape;
}

const Shape& BenchShape() {
  static const Shape shape{
      "a benchmark",
      "benchmark",
      "A request for `offstage bench` to measure.",
      {{"name", kText, "What is measured.", nullptr, StepKind::kAny, false, true},
       {"given", kShape, "What there is before, on top of the file's.", &GivenShape()},
       {"vars", kMap, "Variables of this benchmark."},
       {"setup", kShapeList, "Steps that run before each round.", &StepShape()},
       {"measure", kShape,
        "The request, an HTTP step. Variables such as ${uuid} are made anew for each request; "
        "`expect: {status: 404}` where that is the good answer.",
        &StepShape(), StepKind::kAny, false, true},
       {"concurrency", kTextOrList, "Requests at once, each number a run of its own (default 1)."},
       {"rate", kTextOrList,
        "Requests a second, whatever the answers; each number a run of its own."}}};
  return shape;
}

const Shape& FileShape() {
  static const Shape shape{
      "a scenario file",
      "file",
      "A suite of scenarios for `offstage test`.",
      {{"suite", kText, "What the file is about (default: its name)."},
       {"tags", kTextOrList, "Tags of every scenario here."},
       {"contract", kText,
        "OpenAPI document that every response is checked against: a file, or `api` for the one "
        "that the API is made from."},
       {"include", kTextOrList, "Files whose variables and blocks can be used here."},
       {"given", kShape, "What there is before each scenario.", &GivenShape()},
       {"vars", kMap, "Variables of every scenario here."},
       {"blocks", kStepsMap, "Named lists of steps, for `use`.", &StepShape()},
       {"setup", kShapeList, "Steps before each scenario.", &StepShape()},
       {"teardown", kShapeList, "Steps after each scenario, whatever happened.", &StepShape()},
       {"scenarios", kShapeList, "The scenarios.", &ScenarioShape()},
       {"bench", kShapeList, "Requests for `offstage bench` to measure.", &BenchShape()}}};
  return shape;
}

}  // namespace offstage::scenario
