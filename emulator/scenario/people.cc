#include "scenario/people.h"

#include <fmt/format.h>

#include "base/text.h"

namespace offstage::scenario {

namespace {

std::vector<std::string> TextsOf(const Node* node) {
  std::vector<std::string> texts;
  if (node == nullptr) return texts;
  if (node->IsScalar()) texts.push_back(node->text());
  for (const Node& item : node->items())
    texts.push_back(item.text());
  return texts;
}

// Cognito's attributes are texts.
Json AttributesOf(const Node* node) {
  Json attributes = Json::object();
  if (node == nullptr) return attributes;
  for (const templates::Entry& entry : node->entries())
    attributes[entry.key] = entry.value.text();
  return attributes;
}

UserSpec ToUser(const std::string& name, const Node& node) {
  return {.name = name,
          .username = node.TextOf("username"),
          .email = node.TextOf("email"),
          .phone = node.TextOf("phone"),
          .password = node.TextOf("password"),
          .attributes = AttributesOf(node.Find("attributes")),
          .groups = TextsOf(node.Find("groups")),
          .enabled = node.TextOf("enabled", "true") != "false",
          .pool = node.TextOf("pool"),
          .client = node.TextOf("client")};
}

std::string MemberText(const Json& json, const char* name) {
  if (!json.is_object()) return {};
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Effect EffectOf(Result<Json, PoolRefusal> answer) {
  Effect effect;
  if (answer.ok()) {
    effect.value = std::move(answer).value();
  } else {
    effect.refusal = answer.error();
    effect.value =
        Json{{"errorType", effect.refusal->type}, {"errorMessage", effect.refusal->message}};
  }
  return effect;
}

// A refusal that came of nothing that the pool said: no such pool.
bool NotAsked(const Effect& effect) {
  return effect.refusal && effect.refusal->type.empty();
}

Result<Effect> Checked(Effect effect) {
  if (NotAsked(effect)) return Fail(Error{effect.refusal->message});
  return effect;
}

Json Attribute(const std::string& name, const std::string& value) {
  return {{"Name", name}, {"Value", value}};
}

std::string UserOfAs(const Node& as) {
  return as.IsMap() ? as.TextOf("user") : as.text();
}

Result<TokenOrder> ToOrder(const UserSpec& user, const Node& as) {
  TokenOrder order{.user = user};
  if (!as.IsMap()) return order;
  const auto wrong = [&as](const char* key, const char* takes) {
    return Fail(
        Error{fmt::format("{}: `{}` takes {}", as.Find(key)->position().Text(), key, takes)});
  };
  const std::string token = as.TextOf("token", "id");
  if (token != "id" && token != "access") return wrong("token", "id or access");
  if (token == "access") order.use = TokenOrder::Use::kAccess;
  const auto lifetime = ParseDuration(as.TextOf("expires-in", "0"));
  if (!lifetime) return wrong("expires-in", "a duration like 30s");
  order.lifetime = std::chrono::duration_cast<std::chrono::seconds>(*lifetime);
  const std::string flaw = as.TextOf("flaw", "none");
  using Flaw = TokenOrder::Flaw;
  static const std::map<std::string, Flaw, std::less<>> kFlaws = {
      {"none", Flaw::kNone},
      {"expired", Flaw::kExpired},
      {"wrong-issuer", Flaw::kWrongIssuer},
      {"wrong-signature", Flaw::kWrongSignature}};
  const auto found = kFlaws.find(flaw);
  if (found == kFlaws.end()) return wrong("flaw", "expired, wrong-issuer or wrong-signature");
  order.flaw = found->second;
  if (const Node* claims = as.Find("claims")) order.claims = templates::ToJson(*claims);
  return order;
}

}  // namespace

std::vector<UserSpec> ToUsers(const Node& users) {
  std::vector<UserSpec> list;
  for (const templates::Entry& entry : users.entries())
    list.push_back(ToUser(entry.key, entry.value));
  return list;
}

Status People::Add(UserSpec user) {
  if (pools_ == nullptr) return Fail(Error{"there is no user pool here"});
  OFFSTAGE_TRY_VOID(pools_->Complete(user));
  std::string name = user.name;
  people_[std::move(name)] = {.spec = std::move(user), .given = true};
  return Ok();
}

Status People::Ready(const std::string& name) {
  if (people_.contains(name)) return Ok();
  if (pools_ == nullptr) return Fail(Error{"there is no user pool here"});
  UserSpec user{.name = name};
  OFFSTAGE_TRY_VOID(pools_->Complete(user));
  people_[name] = {.spec = std::move(user)};
  return Ok();
}

Result<People::Person*> People::Find(const std::string& name) {
  const auto found = people_.find(name);
  if (found != people_.end()) return &found->second;
  std::vector<std::string> names;
  for (const auto& [known, person] : people_)
    names.push_back(known);
  return Fail(Error{fmt::format("there is no user {}; {}", name,
                                names.empty() ? "`given: users` or a `sign-up` step makes one"
                                              : "there are: " + Join(names, ", "))});
}

Result<std::string> People::AuthorizationFor(const Node& as) {
  if (pools_ == nullptr) {
    return Fail(Error{
        fmt::format("{}: `as` is not possible: there is no user pool here", as.position().Text())});
  }
  const auto person = Find(UserOfAs(as));
  if (!person.ok())
    return Fail(Error{fmt::format("{}: {}", as.position().Text(), person.error().message)});
  OFFSTAGE_TRY(const std::string token, TokenOf(**person, as));
  return "Bearer " + token;
}

// Like an application, a scenario keeps a token until somebody signs in anew.
Result<std::string> People::TokenOf(Person& person, const Node& as) {
  OFFSTAGE_TRY(const TokenOrder order, ToOrder(person.spec, as));
  const bool access = order.use == TokenOrder::Use::kAccess;
  const bool plain =
      order.lifetime.count() == 0 && order.flaw == TokenOrder::Flaw::kNone && order.claims.empty();
  if (person.given && (person.tokens.is_null() || !plain)) {
    const std::string key = DumpJson(templates::ToJson(as));
    if (const auto known = person.made.find(key); known != person.made.end()) return known->second;
    OFFSTAGE_TRY(const auto made, pools_->MakeToken(order));
    if (made) return person.made[key] = *made;
  }
  if (!plain) {
    return Fail(Error{fmt::format(
        "{}: `expires-in`, `flaw` and `claims` need a user of `given` in a local deployment",
        as.position().Text())});
  }
  if (person.tokens.is_null()) {
    const auto answer = pools_->SignIn(person.spec);
    if (!answer.ok()) {
      return Fail(Error{fmt::format("{} could not sign in: {}: {}", person.spec.name,
                                    answer.error().type, answer.error().message)});
    }
    if (!answer->contains("AuthenticationResult")) {
      return Fail(Error{fmt::format("{} could not sign in: the user pool asks for {}",
                                    person.spec.name, MemberText(*answer, "ChallengeName"))});
    }
    person.tokens = answer->at("AuthenticationResult");
  }
  return MemberText(person.tokens, access ? "AccessToken" : "IdToken");
}

Result<Effect> People::Act(const Step& step, const Node& node) {
  if (pools_ == nullptr) {
    return Fail(Error{fmt::format("{}: there is no user pool here", node.position().Text())});
  }
  switch (step.kind) {
    case StepKind::kSignUp:
      return SignUp(node);
    case StepKind::kConfirm:
      return Confirm(node);
    case StepKind::kSignIn:
      return SignIn(node);
    case StepKind::kMailbox:
      return ReadMailbox(node);
    default:
      return RunOperation(node);
  }
}

Result<Effect> People::SignUp(const Node& node) {
  UserSpec user = ToUser(node.TextOf("sign-up"), node);
  OFFSTAGE_TRY_VOID(pools_->Complete(user));
  Json attributes = Json::array();
  for (const auto& [name, value] : user.attributes.items())
    attributes.push_back(Attribute(name, value.get<std::string>()));
  if (!user.email.empty()) attributes.push_back(Attribute("email", user.email));
  if (!user.phone.empty()) attributes.push_back(Attribute("phone_number", user.phone));
  Effect effect = EffectOf(pools_->Run(user, "SignUp",
                                       {{"Username", user.username},
                                        {"Password", user.password},
                                        {"UserAttributes", std::move(attributes)}}));
  Person person{.spec = user};
  if (!effect.refusal) person.sub = MemberText(*effect.value, "UserSub");
  // Somebody who is there already stays who they are.
  if (!effect.refusal || !people_.contains(user.name)) people_[user.name] = std::move(person);
  return Checked(std::move(effect));
}

Result<Effect> People::Confirm(const Node& node) {
  OFFSTAGE_TRY(Person* const person, Find(node.TextOf("confirm")));
  std::string code = node.TextOf("code");
  if (code.empty()) {
    OFFSTAGE_TRY(const auto messages, pools_->Messages(person->spec));
    for (const Json& message : messages) {
      code = MemberText(message, "code");
      if (!code.empty()) break;
    }
    if (code.empty())
      return Fail(Error{fmt::format("no code has been sent to {}", person->spec.name)});
  }
  return Checked(EffectOf(
      pools_->Run(person->spec, "ConfirmSignUp",
                  {{"Username", person->spec.username}, {"ConfirmationCode", std::move(code)}})));
}

Result<Effect> People::SignIn(const Node& node) {
  OFFSTAGE_TRY_VOID(Ready(node.TextOf("sign-in")));
  OFFSTAGE_TRY(Person* const person, Find(node.TextOf("sign-in")));
  UserSpec user = person->spec;
  if (node.Contains("password")) user.password = node.TextOf("password");
  if (node.Contains("username")) user.username = node.TextOf("username");
  if (node.Contains("pool")) user.pool = node.TextOf("pool");
  if (node.Contains("client")) user.client = node.TextOf("client");
  Effect effect = EffectOf(pools_->SignIn(user));
  if (effect.refusal) return Checked(std::move(effect));
  if (effect.value->contains("AuthenticationResult")) {
    person->tokens = effect.value->at("AuthenticationResult");
    person->spec.password = user.password;
  } else if (!node.Contains("expect")) {
    return Fail(
        Error{fmt::format("the user pool asks {} for {}; a step that expects this as its "
                          "`result` can answer by `cognito: RespondToAuthChallenge`",
                          person->spec.name, MemberText(*effect.value, "ChallengeName"))});
  }
  return effect;
}

Result<Effect> People::ReadMailbox(const Node& node) {
  OFFSTAGE_TRY(Person* const person, Find(node.TextOf("mailbox")));
  OFFSTAGE_TRY(auto messages, pools_->Messages(person->spec));
  if (messages.empty())
    return Fail(Error{fmt::format("no message has been sent to {}", person->spec.name)});
  Effect effect;
  effect.value = std::move(messages.front());
  return effect;
}

Result<Effect> People::RunOperation(const Node& node) {
  const Node* parameters = node.Find("parameters");
  const UserSpec asker{.pool = node.TextOf("pool"), .client = node.TextOf("client")};
  return Checked(EffectOf(
      pools_->Run(asker, node.TextOf("cognito"),
                  parameters == nullptr ? Json::object() : templates::ToJson(*parameters))));
}

Json People::Describe() {
  Json all = Json::object();
  for (auto& [name, person] : people_) {
    if (person.sub.empty()) {
      const auto found =
          pools_->Run(person.spec, "AdminGetUser", {{"Username", person.spec.username}});
      const Json attributes = found.ok() ? found->value("UserAttributes", Json::array()) : Json();
      for (const Json& attribute : attributes) {
        if (MemberText(attribute, "Name") == "sub") person.sub = MemberText(attribute, "Value");
      }
    }
    Json one = {{"name", name},
                {"username", person.spec.username},
                {"email", person.spec.email},
                {"password", person.spec.password},
                {"sub", person.sub}};
    for (const auto& [member, from] : {std::pair("idToken", "IdToken"),
                                       {"accessToken", "AccessToken"},
                                       {"refreshToken", "RefreshToken"}}) {
      if (person.tokens.is_object()) one[member] = MemberText(person.tokens, from);
    }
    all[name] = std::move(one);
  }
  return all;
}

}  // namespace offstage::scenario
