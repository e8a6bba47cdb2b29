#include "scenario/expectations.h"

#include <algorithm>

#include "base/text.h"
#include "scenario/jsonpath.h"
#include "scenario/snapshot.h"

namespace offstage::scenario {

namespace {

using Mismatches = std::vector<Mismatch>;

void Append(Mismatches& all, Mismatches more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

std::string_view Fact(const Span& span, std::string_view name) {
  for (const auto& [key, value] : span.attributes) {
    if (key == name) return value;
  }
  return {};
}

bool IsStatusClass(const std::string& text) {
  return text.size() == 3 && text[0] >= '1' && text[0] <= '5' && text.substr(1) == "xx";
}

class ExpectationChecker {
 public:
  explicit ExpectationChecker(const ExpectationContext& context)
      : context_(context), match_{.check_schema = context.options.check_schema} {}

  Mismatches Check(const Node& expect) {
    for (const templates::Entry& entry : expect.entries())
      CheckOne(entry.key, entry.value);
    return std::move(all_);
  }

 private:
  void Compare(const Node& matcher, const Json* actual, const std::string& path) {
    Append(all_, Match(matcher, actual, path, match_));
  }
  void Compare(const Node& matcher, const Json& actual, const std::string& path) {
    Compare(matcher, &actual, path);
  }

  void CheckOne(const std::string& key, const Node& value) {
    if (key == "status") return CheckStatus(value);
    if (key == "headers") return CheckHeaders(value);
    if (key == "body") return CheckBody(value);
    if (key == "jsonpath") return CheckPaths(value);
    if (key == "result") return CheckResult(value);
    if (key == "error") return CheckError(value);
    if (key == "item") return Compare(value, ValueOrNull(), "item");
    if (key == "items") return Compare(value, ValueOrNull(), "items");
    if (key == "count") return Compare(value, Json(context_.effect.value->size()), "count");
    if (key == "duration") return Compare(value, Json(context_.effect.duration_ms), "duration");
    if (key == "snapshot") return CheckSnapshot(value);
    if (context_.inside == nullptr) {
      context_.not_checked.push_back(fmt::format("{}: {}", value.position().Text(), key));
      return;
    }
    if (key == "tables") return CheckTables(value);
    if (key == "calls") return CheckCalls(value);
    if (key == "capacity") return CheckCapacity(value);
    if (key == "log") return CheckLog(value);
    if (key == "function") return Compare(value, FunctionFact("function"), "function");
    if (key == "start") return CheckStart(value);
  }

  const Json* ValueOrNull() const {
    return context_.effect.value ? &*context_.effect.value : nullptr;
  }

  void CheckStatus(const Node& value) {
    const int status = context_.effect.reply->status;
    if (!value.IsScalar() || !IsStatusClass(value.text()))
      return Compare(value, Json(status), "status");
    if (status / 100 != value.text()[0] - '0')
      all_.push_back(
          {.path = "status", .expected = value.text(), .actual = std::to_string(status)});
  }

  void CheckHeaders(const Node& value) {
    for (const templates::Entry& entry : value.entries()) {
      const auto found = context_.effect.reply->headers.GetAll(entry.key);
      const std::string path = "headers." + entry.key;
      if (found.empty()) {
        Compare(entry.value, nullptr, path);
      } else if (entry.value.IsList()) {
        Json list = Json::array();
        for (const std::string_view text : found)
          list.push_back(text);
        Compare(entry.value, list, path);
      } else {
        CompareText(entry.value, std::string(found.front()), path);
      }
    }
  }

  // Headers and plain bodies are texts, whatever YAML makes of an unquoted number.
  void CompareText(const Node& matcher, const std::string& text, const std::string& path) {
    const Json actual = text;
    if (matcher.IsScalar() && !matcher.IsString() && matcher.text() == text) return;
    Mismatches as_text = Match(matcher, &actual, path, match_);
    if (as_text.empty()) return;
    const auto json = ParseJson(text);
    if (json.ok() && !json->is_structured() && Match(matcher, &*json, path, match_).empty()) return;
    Append(all_, std::move(as_text));
  }

  void CheckBody(const Node& value) {
    if (context_.effect.value->is_string())
      return CompareText(value, context_.effect.reply->body, "body");
    // A text is compared with the body as it came.
    if (value.IsString() && Match(value, ValueOrNull(), "body", match_).empty()) return;
    if (value.IsString()) return CompareText(value, context_.effect.reply->body, "body");
    Compare(value, ValueOrNull(), "body");
  }

  void CheckPaths(const Node& value) {
    for (const templates::Entry& entry : value.entries()) {
      const auto path = JsonPath::Parse(entry.key);
      if (!path.ok()) {
        all_.push_back({.path = entry.key, .expected = "a path", .actual = path.error().message});
        continue;
      }
      const auto found = context_.effect.value ? path->Value(*context_.effect.value) : std::nullopt;
      Compare(entry.value, found ? &*found : nullptr, entry.key);
    }
  }

  void CheckResult(const Node& value) {
    const bool failed =
        context_.effect.invocation && context_.effect.invocation->status != InvokeStatus::kOk;
    if (failed || context_.effect.refusal) {
      all_.push_back({.path = "result",
                      .expected = Describe(value),
                      .actual = failed
                                    ? "the function failed: " + context_.effect.invocation->payload
                                    : "the user pool refused: " + context_.effect.refusal->type});
      return;
    }
    Compare(value, ValueOrNull(), "result");
  }

  void CheckError(const Node& value) {
    const auto& invocation = context_.effect.invocation;
    const bool returned = invocation && invocation->status == InvokeStatus::kOk;
    if (returned || (!invocation && !context_.effect.refusal)) {
      all_.push_back({.path = "error",
                      .expected = Describe(value),
                      .actual = returned ? "the function returned " + invocation->payload
                                         : "the user pool did it"});
      return;
    }
    const Json* error = ValueOrNull();
    const auto member = [error](const char* name) -> const Json* {
      if (error == nullptr || !error->is_object()) return nullptr;
      const auto found = error->find(name);
      return found == error->end() ? nullptr : &*found;
    };
    if (const Node* type = value.Find("type")) Compare(*type, member("errorType"), "error.type");
    if (const Node* message = value.Find("message"))
      Compare(*message, member("errorMessage"), "error.message");
  }

  void CheckSnapshot(const Node& value) {
    auto difference = CompareSnapshot(SnapshotFile(context_.step.folder, value.text()),
                                      *context_.effect.value, context_.options.snapshots);
    Append(all_, std::move(difference));
  }

  void CheckTables(const Node& tables) {
    for (const templates::Entry& table : tables.entries()) {
      const auto items = context_.inside->Scan(table.key, "");
      if (!items.ok()) {
        all_.push_back({.path = "tables." + table.key,
                        .expected = "a table",
                        .actual = items.error().message});
        continue;
      }
      CheckTable(table.value, Json(*items), "tables." + table.key);
    }
  }

  void CheckTable(const Node& expect, const Json& items, const std::string& path) {
    if (const Node* count = expect.Find("count"))
      Compare(*count, Json(items.size()), path + ".count");
    if (const Node* all = expect.Find("items")) {
      Node unordered = Node::Map(all->position());
      unordered.Set("$unordered", *all);
      Compare(all->IsList() ? unordered : *all, items, path + ".items");
    }
    const auto fits = [&](const Node& matcher) {
      return std::any_of(items.begin(), items.end(), [&](const Json& item) {
        return Match(matcher, &item, "", match_).empty();
      });
    };
    ForEach(expect.Find("has"), [&](const Node& matcher) {
      if (fits(matcher)) return;
      all_.push_back({.path = path,
                      .expected = "an item like " + Describe(matcher),
                      .actual = Nearest(matcher, items)});
    });
    ForEach(expect.Find("lacks"), [&](const Node& matcher) {
      if (!fits(matcher)) return;
      all_.push_back({.path = path,
                      .expected = "no item like " + Describe(matcher),
                      .actual = "there is one"});
    });
  }

  // The item that differs least, which is probably the one meant.
  std::string Nearest(const Node& matcher, const Json& items) const {
    const Json* nearest = nullptr;
    std::size_t fewest = static_cast<std::size_t>(-1);
    for (const Json& item : items) {
      const std::size_t differences = Match(matcher, &item, "", match_).size();
      if (differences >= fewest) continue;
      fewest = differences;
      nearest = &item;
    }
    return nearest == nullptr
               ? "the table is empty"
               : fmt::format("{} items, the nearest {}", items.size(), Describe(*nearest));
  }

  template <typename Function>
  static void ForEach(const Node* matchers, Function function) {
    if (matchers == nullptr) return;
    if (!matchers->IsList()) return function(*matchers);
    for (const Node& matcher : matchers->items())
      function(matcher);
  }

  // "dynamodb", "dynamodb.GetItem" or "dynamodb.GetItem UsersTable".
  void CheckCalls(const Node& calls) {
    for (const templates::Entry& entry : calls.entries()) {
      const auto blank = entry.key.find(' ');
      const std::string name = entry.key.substr(0, blank);
      const std::string table = blank == std::string::npos ? "" : entry.key.substr(blank + 1);
      std::vector<std::string> made;
      for (const Span& span : context_.record.spans) {
        const bool service =
            name.find('.') == std::string::npos && span.name.starts_with(name + ".");
        if (!service && span.name != name) continue;
        if (table.empty() || Fact(span, "table") == table) made.push_back(span.name);
      }
      Mismatches differences =
          Match(entry.value, MakeCount(made.size()), "calls." + entry.key, match_);
      for (Mismatch& mismatch : differences) {
        if (!made.empty()) mismatch.actual += fmt::format(" ({})", Join(made, ", "));
      }
      Append(all_, std::move(differences));
    }
  }

  // "total" or a table.
  void CheckCapacity(const Node& capacity) {
    for (const templates::Entry& entry : capacity.entries()) {
      double units = 0;
      for (const Span& span : context_.record.spans) {
        const bool counts = entry.key == "total" || Fact(span, "table") == entry.key;
        if (counts) units += std::strtod(std::string(Fact(span, "capacity")).c_str(), nullptr);
      }
      Compare(entry.value, Json(units), "capacity." + entry.key);
    }
  }

  const Json* MakeCount(std::size_t count) {
    count_ = count;
    return &count_;
  }

  Json FunctionFact(std::string_view name) const {
    for (const Span& span : context_.record.spans) {
      if (span.name.starts_with("gateway ")) return Json(std::string(Fact(span, name)));
    }
    for (const Span& span : context_.record.spans) {
      if (span.name.starts_with("lambda "))
        return name == "function" ? Json(span.name.substr(7)) : Json(std::string(Fact(span, name)));
    }
    return nullptr;
  }

  void CheckStart(const Node& value) {
    if (context_.effect.invocation)
      return Compare(value, Json(context_.effect.invocation->cold_start ? "cold" : "warm"),
                     "start");
    Compare(value, FunctionFact("start"), "start");
  }

  void CheckLog(const Node& value) {
    const auto fits = [this](const Node& matcher) {
      return std::any_of(
          context_.record.lines.begin(), context_.record.lines.end(), [&](const LogLine& line) {
            const Json text = line.text;
            if (matcher.IsString() && line.text.find(matcher.text()) != std::string::npos)
              return true;
            return Match(matcher, &text, "", match_).empty();
          });
    };
    ForEach(value.Find("has"), [&](const Node& matcher) {
      if (fits(matcher)) return;
      all_.push_back({.path = "log",
                      .expected = "a line with " + Describe(matcher),
                      .actual = fmt::format("{} other lines", context_.record.lines.size())});
    });
    ForEach(value.Find("lacks"), [&](const Node& matcher) {
      if (!fits(matcher)) return;
      all_.push_back({.path = "log",
                      .expected = "no line with " + Describe(matcher),
                      .actual = "there is one"});
    });
  }

  const ExpectationContext& context_;
  const MatchContext match_;
  Mismatches all_;
  Json count_;
};

}  // namespace

std::vector<Mismatch> CheckExpectations(const Node& expect, const ExpectationContext& context) {
  return ExpectationChecker(context).Check(expect);
}

}  // namespace offstage::scenario
