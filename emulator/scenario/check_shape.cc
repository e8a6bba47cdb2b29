#include "base/clock.h"
#include "base/text.h"
#include "scenario/jsonpath.h"
#include "scenario/matcher.h"
#include "scenario/shapes.h"
#include "template/loader.h"

namespace offstage::scenario {

namespace {

std::string KindName(const Node& node) {
  switch (node.kind()) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kBool:
      return "true or false";
    case Node::Kind::kInteger:
    case Node::Kind::kFloat:
      return "a number";
    case Node::Kind::kString:
      return "text";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      break;
  }
  return "a map";
}

bool HasVariable(const Node& node) {
  return node.IsString() && node.text().find("${") != std::string::npos;
}

class ShapeChecker {
 public:
  explicit ShapeChecker(Problems& problems) : problems_(problems) {}

  void CheckMap(const Node& node, const Shape& shape) {
    if (!node.IsMap()) return Expected(node, fmt::format("{} is a map", shape.name));
    for (const templates::Entry& entry : node.entries()) {
      const Field* field = shape.Find(entry.key);
      if (field == nullptr) {
        UnknownKey(entry, shape);
      } else {
        CheckValue(entry, *field);
      }
    }
    for (const Field& field : shape.fields) {
      if (field.required && !node.Contains(field.name))
        problems_.Add(node.position(), fmt::format("{} needs `{}`", shape.name, field.name));
    }
    if (&shape == &StepShape()) CheckStep(node);
    if (shape.definition == "fault") CheckFault(node);
    if (shape.definition == "as") CheckToken(node);
    const Node* clock = shape.definition == "given" ? node.Find("clock") : nullptr;
    if (clock != nullptr && !HasVariable(*clock)) {
      if (const auto time = ParseClock(*clock); !time.ok()) problems_.AddLine(time.error().message);
    }
  }

 private:
  void Expected(const Node& node, const std::string& what) {
    problems_.Add(node.position(), fmt::format("{}; this is {}", what, KindName(node)));
  }

  void UnknownKey(const templates::Entry& entry, const Shape& shape) {
    const std::vector<std::string> names = shape.Names();
    const auto nearest = NearestName(entry.key, names);
    problems_.Add(entry.key_position,
                  fmt::format("{} has no key `{}`; {}", shape.name, entry.key,
                              nearest ? fmt::format("did you mean `{}`?", *nearest)
                                      : "it takes: " + Join(names, ", ")));
  }

  void CheckValue(const templates::Entry& entry, const Field& field) {
    const Node& value = entry.value;
    const std::string name = fmt::format("`{}`", entry.key);
    switch (field.takes) {
      case Takes::kAny:
        return;
      case Takes::kText:
        if (!value.IsScalar() || value.IsNull()) Expected(value, name + " takes a text");
        return;
      case Takes::kTextOrList:
        return CheckTextOrList(value, name);
      case Takes::kBool:
        if (value.kind() != Node::Kind::kBool && !HasVariable(value))
          Expected(value, name + " takes true or false");
        return;
      case Takes::kDuration:
        return CheckDuration(value, name);
      case Takes::kMap:
        if (!value.IsMap() && !HasVariable(value)) return Expected(value, name + " takes a map");
        if (entry.key == "capture") CheckCaptures(value);
        return;
      case Takes::kTextMap:
        if (!value.IsMap()) Expected(value, name + " takes a map");
        return;
      case Takes::kList:
        if (!value.IsList() && !HasVariable(value)) Expected(value, name + " takes a list");
        return;
      case Takes::kMatcher:
        return CheckMatcher(value, problems_);
      case Takes::kMatcherList:
        return CheckMatcher(value, problems_);
      case Takes::kMatcherMap:
        return CheckMatcherMap(value, name);
      default:
        return CheckNested(value, field, name);
    }
  }

  void CheckNested(const Node& value, const Field& field, const std::string& name) {
    switch (field.takes) {
      case Takes::kShape:
        return CheckMap(value, *field.shape);
      case Takes::kShapeList:
        return CheckList(value, *field.shape, name);
      case Takes::kShapeOrList:
        if (value.IsList()) return CheckList(value, *field.shape, name);
        return CheckMap(value, *field.shape);
      case Takes::kTextOrShape:
        if (value.IsMap()) return CheckMap(value, *field.shape);
        if (!value.IsScalar() || value.IsNull()) Expected(value, name + " takes a text or a map");
        return;
      case Takes::kDurationOrShape:
        if (value.IsMap()) return CheckMap(value, *field.shape);
        return CheckDuration(value, name);
      default:
        break;
    }
    if (!value.IsMap()) return Expected(value, name + " takes a map");
    for (const templates::Entry& entry : value.entries()) {
      if (field.takes == Takes::kParameterMap) {
        CheckParameter(entry, *field.shape);
      } else if (field.takes == Takes::kShapeMap) {
        CheckMap(entry.value, *field.shape);
      } else {
        CheckList(entry.value, *field.shape, "`" + entry.key + "`");
      }
    }
  }

  // What the reader of --ssm-parameters would say too, but for maps that it takes as JSON.
  void CheckParameter(const templates::Entry& entry, const Shape& shape) {
    const Node& value = entry.value;
    const std::string name = fmt::format("`{}`", entry.key);
    const std::size_t before = problems_.list().size();
    if (value.IsMap()) {
      CheckMap(value, shape);
    } else {
      CheckTextOrList(value, name);
    }
    if (problems_.list().size() != before || HasVariable(value)) return;
    const Node* type = value.Find("Type");
    if (type != nullptr && HasVariable(*type)) return;
    const auto read = templates::ReadSsmParameter(name, value);
    if (!read.ok()) problems_.AddLine(read.error().message);
  }

  void CheckList(const Node& value, const Shape& shape, const std::string& name) {
    if (!value.IsList())
      return Expected(value, fmt::format("{} takes a list, each item {}", name, shape.name));
    for (const Node& item : value.items())
      CheckMap(item, shape);
  }

  void CheckTextOrList(const Node& value, const std::string& name) {
    const bool list = value.IsList() && std::all_of(value.items().begin(), value.items().end(),
                                                    [](const Node& n) { return n.IsScalar(); });
    if (!list && (!value.IsScalar() || value.IsNull()))
      Expected(value, name + " takes a text or a list of texts");
  }

  void CheckDuration(const Node& value, const std::string& name) {
    if (HasVariable(value)) return;
    if (!value.IsScalar() || !ParseDuration(value.text())) {
      Expected(value, name + " takes a duration like 500ms, 5s, 2m, 1h or 3d");
    }
  }

  void CheckMatcherMap(const Node& value, const std::string& name) {
    if (HasVariable(value)) return;
    if (!value.IsMap()) return Expected(value, name + " takes a map");
    for (const templates::Entry& entry : value.entries()) {
      if (name == "`jsonpath`") CheckPath(entry.key, entry.key_position);
      CheckMatcher(entry.value, problems_);
    }
  }

  void CheckPath(const std::string& text, const Position& position) {
    if (text.find("${") != std::string::npos) return;
    const auto path = JsonPath::Parse(text);
    if (!path.ok()) problems_.Add(position, path.error().message);
  }

  void CheckCaptures(const Node& captures) {
    for (const templates::Entry& entry : captures.entries()) {
      const Node& source = entry.value;
      const std::string& text = source.text();
      if (!source.IsScalar()) {
        Expected(source, "a capture takes `$.path`, `header NAME`, `status` or `body`");
      } else if (text.starts_with("$") && !text.starts_with("${")) {
        CheckPath(text, source.position());
      } else if (text != "status" && text != "body" && !text.starts_with("header ") &&
                 !HasVariable(source)) {
        problems_.Add(source.position(),
                      fmt::format("a capture takes `$.path`, `header NAME`, `status` or `body`, "
                                  "not `{}`",
                                  text));
      }
    }
  }

  // A whole number from 1, or `word`.
  void CheckNumber(const Node* value, const std::string& name, std::string_view word) {
    if (value == nullptr || HasVariable(*value) || value->text() == word) return;
    const auto number = value->AsInteger();
    if (number && *number >= 1 && *number <= 1'000'000) return;
    problems_.Add(value->position(), fmt::format("`{}` takes a number from 1{}{}{}, not `{}`", name,
                                                 word.empty() ? "" : " or `", word,
                                                 word.empty() ? "" : "`", value->text()));
  }

  void CheckFault(const Node& fault) {
    CheckNumber(fault.Find("nth"), "nth", "");
    CheckNumber(fault.Find("times"), "times", "always");
    for (const char* effect : {"throttle", "fail", "latency", "kill"}) {
      if (fault.Contains(effect)) return;
    }
    problems_.Add(fault.position(), "a fault needs one of throttle, fail, latency, kill");
  }

  void CheckToken(const Node& as) {
    const auto check = [&](const char* name, const std::vector<std::string>& takes,
                           const char* words) {
      const Node* value = as.Find(name);
      if (value == nullptr || HasVariable(*value)) return;
      if (std::find(takes.begin(), takes.end(), value->text()) != takes.end()) return;
      problems_.Add(value->position(),
                    fmt::format("`{}` takes {}, not `{}`", name, words, value->text()));
    };
    check("token", {"id", "access"}, "id or access");
    check("flaw", {"none", "expired", "wrong-issuer", "wrong-signature"},
          "expired, wrong-issuer or wrong-signature");
  }

  void CheckStep(const Node& step);
  void CheckExpectation(const Node& step, StepKind kind, std::string_view kind_key);

  Problems& problems_;
};

bool Belongs(const Field& field, StepKind kind) {
  if (field.step == StepKind::kAny || field.step == kind) return true;
  if (field.name == "key") return kind == StepKind::kUpdateItem || kind == StepKind::kDeleteItem;
  if (field.name == "index") return kind == StepKind::kScan;
  if (field.name == "username" || field.name == "password" || field.name == "client" ||
      field.name == "pool")
    return kind == StepKind::kSignIn || kind == StepKind::kCognito;
  return false;
}

void ShapeChecker::CheckStep(const Node& step) {
  std::vector<std::string> kinds;
  for (const templates::Entry& entry : step.entries()) {
    const Field* field = StepShape().Find(entry.key);
    if (field != nullptr && field->is_kind) kinds.push_back(entry.key);
  }
  if (kinds.size() > 1) {
    return problems_.Add(step.position(), fmt::format("a step does one thing; this one has `{}`",
                                                      Join(kinds, "` and `")));
  }
  if (kinds.empty()) {
    return problems_.Add(step.position(),
                         "this step does nothing; it needs one of get, post, put, patch, delete, "
                         "head, options, request, invoke, put-item, get-item, update-item, "
                         "delete-item, query-items, scan-items, set, settle, advance, cold-start, "
                         "fault, use, check, sign-up, confirm, sign-in, mailbox or cognito");
  }
  const StepKind kind = KindOf(step);
  for (const templates::Entry& entry : step.entries()) {
    const Field* field = StepShape().Find(entry.key);
    if (field == nullptr || Belongs(*field, kind)) continue;
    problems_.Add(entry.key_position,
                  fmt::format("`{}` has no meaning in a `{}` step", entry.key, kinds.front()));
  }
  const Node* request = step.Find("request");
  if (request != nullptr && !HasVariable(*request) &&
      request->text().find(' ') == std::string::npos) {
    problems_.Add(request->position(), "`request` takes a method and a path: REPORT /path");
  }
  CheckExpectation(step, kind, kinds.front());
}

bool AsksAPool(StepKind kind) {
  return kind == StepKind::kSignUp || kind == StepKind::kConfirm || kind == StepKind::kSignIn ||
         kind == StepKind::kMailbox || kind == StepKind::kCognito;
}

// Which expectations a kind of step can have; the others would never be looked at.
bool CanExpect(std::string_view key, StepKind kind) {
  if (key == "status" || key == "headers" || key == "body" || key == "snapshot")
    return kind == StepKind::kHttp;
  if (key == "jsonpath")
    return kind == StepKind::kHttp || kind == StepKind::kInvoke || kind == StepKind::kGetItem ||
           kind == StepKind::kQuery || kind == StepKind::kScan || AsksAPool(kind);
  if (key == "result") return kind == StepKind::kInvoke || AsksAPool(kind);
  if (key == "error")
    return kind == StepKind::kInvoke || (AsksAPool(kind) && kind != StepKind::kMailbox);
  if (key == "item") return kind == StepKind::kGetItem;
  if (key == "items" || key == "count") return kind == StepKind::kQuery || kind == StepKind::kScan;
  if (key == "function" || key == "start")
    return kind == StepKind::kHttp || kind == StepKind::kInvoke;
  return true;
}

void ShapeChecker::CheckExpectation(const Node& step, StepKind kind, std::string_view kind_key) {
  const Node* expect = step.Find("expect");
  const bool alone = kind == StepKind::kUse || kind == StepKind::kSet;
  if (alone && (expect != nullptr || step.Contains("capture") || step.Contains("eventually"))) {
    problems_.Add(step.position(),
                  fmt::format("a `{}` step has nothing to expect or capture", kind_key));
    return;
  }
  if (kind == StepKind::kCheck && expect == nullptr)
    problems_.Add(step.position(), "a `check` step needs `expect`");
  if (step.Contains("eventually") && expect == nullptr)
    problems_.Add(step.position(), "`eventually` needs `expect`: what shall come true?");
  if (expect == nullptr) return;
  for (const templates::Entry& entry : expect->entries()) {
    if (ExpectShape().Find(entry.key) == nullptr || CanExpect(entry.key, kind)) continue;
    problems_.Add(entry.key_position,
                  fmt::format("a `{}` step has no `{}` to look at", kind_key, entry.key));
  }
}

}  // namespace

const Field* Shape::Find(std::string_view key) const {
  for (const Field& field : fields) {
    if (field.name == key) return &field;
  }
  return nullptr;
}

std::vector<std::string> Shape::Names() const {
  std::vector<std::string> names;
  for (const Field& field : fields)
    names.emplace_back(field.name);
  return names;
}

void Problems::Add(const Position& position, const std::string& text) {
  list_.push_back(fmt::format("{}: {}", position.Text(), text));
}

void CheckShape(const Node& node, const Shape& shape, Problems& problems) {
  ShapeChecker(problems).CheckMap(node, shape);
}

std::string_view KindKeyOf(const Node& step) {
  for (const templates::Entry& entry : step.entries()) {
    const Field* field = StepShape().Find(entry.key);
    if (field != nullptr && field->is_kind) return entry.key;
  }
  return {};
}

StepKind KindOf(const Node& step) {
  const std::string_view key = KindKeyOf(step);
  return key.empty() ? StepKind::kAny : StepShape().Find(key)->step;
}

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  constexpr std::int64_t kSecond = 1000;
  constexpr std::int64_t kMinute = 60 * kSecond;
  static constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
      {"ms", 1}, {"s", kSecond}, {"m", kMinute}, {"h", 60 * kMinute}, {"d", 24 * 60 * kMinute}};
  const auto end = text.find_first_not_of("0123456789.");
  const std::string_view unit = end == std::string_view::npos ? "s" : Trim(text.substr(end));
  const std::string number(text.substr(0, end));
  if (number.empty() || number.size() > 12) return std::nullopt;
  for (const auto& [name, millis] : kUnits) {
    if (name != unit) continue;
    char* stop = nullptr;
    const double value = std::strtod(number.c_str(), &stop);
    if (*stop != '\0') return std::nullopt;
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(value * static_cast<double>(millis)));
  }
  return std::nullopt;
}

Result<TimePoint> ParseClock(const Node& node) {
  const auto time = ParseIso8601(node.text());
  if (!time) {
    return Fail(Error{fmt::format("{}: `clock` takes a time like 2026-01-31T12:00:00Z, not {}",
                                  node.position().Text(), node.text())});
  }
  return *time;
}

}  // namespace offstage::scenario
