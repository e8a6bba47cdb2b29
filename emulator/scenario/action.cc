#include "scenario/action.h"

#include "scenario/people.h"
#include "scenario/request.h"

namespace offstage::scenario {

namespace {

Result<Effect> SendRequest(const Step& step, const Node& node, Target& target, People& people) {
  Effect effect;
  OFFSTAGE_TRY(http::Request request, MakeRequest(step, node));
  if (const Node* api = node.Find("api")) {
    OFFSTAGE_TRY(const std::string prefix, target.PathOf(api->text()));
    request.target.insert(0, prefix);
  }
  if (const Node* user = node.Find("as")) {
    OFFSTAGE_TRY(std::string authorization, people.AuthorizationFor(*user));
    request.headers.Set("Authorization", std::move(authorization));
  }
  OFFSTAGE_TRY(http::Reply reply, target.Send(request));
  const auto json = ParseJson(reply.body);
  effect.value = json.ok() && json->is_structured() ? *json : Json(reply.body);
  effect.request = std::move(request);
  effect.reply = std::move(reply);
  return effect;
}

Result<Effect> InvokeFunction(const Node& node, Inside& inside) {
  Effect effect;
  const Node* event = node.Find("event");
  const std::string payload = event == nullptr ? "{}" : DumpJson(templates::ToOrderedJson(*event));
  OFFSTAGE_TRY(effect.invocation, inside.Invoke(node.TextOf("invoke"), payload));
  const auto json = ParseJson(effect.invocation->payload);
  effect.value = json.ok() ? *json : Json(effect.invocation->payload);
  return effect;
}

Json JsonOf(const Node& node, std::string_view key) {
  const Node* member = node.Find(key);
  return member == nullptr ? Json() : templates::ToJson(*member);
}

std::vector<std::string> Texts(const Node* node) {
  std::vector<std::string> texts;
  if (node == nullptr) return texts;
  if (node->IsScalar()) texts.push_back(node->text());
  for (const Node& item : node->items())
    texts.push_back(item.text());
  return texts;
}

Status PutItems(const Node& node, const std::string& table, Inside& inside) {
  const Json items = JsonOf(node, "items");
  if (items.is_array()) {
    for (const Json& item : items)
      OFFSTAGE_TRY_VOID(inside.Put(table, item));
  }
  const Json item = JsonOf(node, "item");
  if (item.is_object()) return inside.Put(table, item);
  if (items.is_array()) return Ok();
  return Fail(Error{"put-item needs `item` or `items`"});
}

Result<Effect> UseTable(const Step& step, const Node& node, Inside& inside) {
  Effect effect;
  const std::string table = node.TextOf(step.kind_key);
  const Json key = JsonOf(node, "key");
  const std::string index = node.TextOf("index");
  switch (step.kind) {
    case StepKind::kPutItem:
      OFFSTAGE_TRY_VOID(PutItems(node, table, inside));
      return effect;
    case StepKind::kGetItem: {
      OFFSTAGE_TRY(effect.value, inside.Get(table, key));
      return effect;
    }
    case StepKind::kUpdateItem:
      OFFSTAGE_TRY_VOID(
          inside.Update(table, key, JsonOf(node, "change"), Texts(node.Find("remove"))));
      return effect;
    case StepKind::kDeleteItem:
      OFFSTAGE_TRY_VOID(inside.Delete(table, key));
      return effect;
    default:
      break;
  }
  std::vector<Json> items;
  if (step.kind == StepKind::kQuery) {
    OFFSTAGE_TRY(items, inside.Query(table, index, JsonOf(node, "where")));
  } else {
    OFFSTAGE_TRY(items, inside.Scan(table, index));
  }
  effect.value = Json(items);
  return effect;
}

std::string ListOf(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts)
    out += (out.empty() ? "" : "; ") + text;
  return out;
}

}  // namespace

std::vector<FaultRequest> ToFaults(const Node& node) {
  std::vector<FaultRequest> faults;
  for (const Node& item : node.items()) {
    for (FaultRequest& fault : ToFaults(item))
      faults.push_back(std::move(fault));
  }
  if (!node.IsMap()) return faults;
  FaultRequest fault;
  fault.function = node.TextOf("function");
  fault.operation = node.TextOf("operation");
  fault.table = node.TextOf("table");
  const auto number = [&node](std::string_view key, int fallback) {
    const Node* member = node.Find(key);
    if (member == nullptr) return fallback;
    return static_cast<int>(member->AsInteger().value_or(fallback));
  };
  fault.nth = number("nth", 1);
  fault.times = node.TextOf("times") == "always" ? 0 : number("times", 1);
  fault.latency = ParseDuration(node.TextOf("latency", "0")).value_or(std::chrono::milliseconds(0));
  fault.error = node.TextOf("fail");
  fault.message = node.TextOf("message");
  if (node.TextOf("throttle") == "true") fault.error = "ProvisionedThroughputExceededException";
  fault.kill = node.TextOf("kill") == "true";
  faults.push_back(std::move(fault));
  return faults;
}

Result<Effect> Act(const Step& step, const Node& node, Target& target, People& people) {
  if (step.kind == StepKind::kHttp) return SendRequest(step, node, target, people);
  if (step.kind == StepKind::kCheck) return Effect{};
  if (step.kind == StepKind::kSignIn) return people.Act(step, node);
  Inside* inside = target.inside();
  if (inside == nullptr)
    return Fail(Error{fmt::format("`{}` needs the inside of a deployment", step.kind_key)});
  switch (step.kind) {
    case StepKind::kInvoke:
      return InvokeFunction(node, *inside);
    case StepKind::kSignUp:
    case StepKind::kConfirm:
    case StepKind::kMailbox:
    case StepKind::kCognito:
      return people.Act(step, node);
    case StepKind::kSettle: {
      const auto limit = ParseDuration(node.TextOf("settle")).value_or(std::chrono::seconds(10));
      const auto pending = inside->Settle(limit);
      if (pending.empty()) return Effect{};
      return Fail(
          Error{fmt::format("not settled after {}: {}", node.TextOf("settle"), ListOf(pending))});
    }
    case StepKind::kAdvance:
      OFFSTAGE_TRY_VOID(inside->Advance(
          ParseDuration(node.TextOf("advance")).value_or(std::chrono::milliseconds(0))));
      return Effect{};
    case StepKind::kColdStart:
      OFFSTAGE_TRY_VOID(inside->ColdStart(Texts(node.Find("cold-start"))));
      return Effect{};
    case StepKind::kFault:
      for (const FaultRequest& fault : ToFaults(*node.Find("fault")))
        OFFSTAGE_TRY_VOID(inside->AddFault(fault));
      return Effect{};
    default:
      return UseTable(step, node, *inside);
  }
}

std::string TitleOf(const Step& step, const Node& node) {
  if (node.Contains("name")) return node.TextOf("name");
  if (step.kind == StepKind::kHttp) {
    const auto request = MakeRequest(step, node);
    return request.ok() ? request->method + " " + request->target : step.kind_key;
  }
  if (step.kind == StepKind::kCheck) return node.TextOf("check");
  const Node* value = node.Find(step.kind_key);
  return value != nullptr && value->IsScalar() ? step.kind_key + " " + value->text()
                                               : step.kind_key;
}

}  // namespace offstage::scenario
