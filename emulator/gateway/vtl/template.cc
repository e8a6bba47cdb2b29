#include "gateway/vtl/template.h"

#include <algorithm>

#include "gateway/vtl/parser.h"
#include "gateway/vtl/syntax.h"

namespace offstage::gateway::vtl {

Result<Template> Template::Parse(std::string_view text) {
  OFFSTAGE_TRY(Syntax syntax, ParseTemplate(text));
  Template made;
  const std::vector<std::unique_ptr<Node>>& nodes = syntax.body.nodes;
  if (std::all_of(nodes.begin(), nodes.end(),
                  [](const auto& node) { return node->kind == Node::Kind::kText; })) {
    made.constant_.emplace();
    for (const auto& node : nodes)
      *made.constant_ += node->text;
  }
  made.syntax_ = std::make_shared<const Syntax>(std::move(syntax));
  return made;
}

Environment::Environment(std::string body, Value params)
    : body_(body.empty() ? "{}" : std::move(body)), params_(std::move(params)) {}

Environment::~Environment() {
  for (const Value& container : remembered_) {
    if (List* list = container.AsList()) list->items.clear();
    if (Map* map = container.AsMap()) map->Clear();
  }
}

const Value* Environment::Find(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? nullptr : &found->second;
}

void Environment::Unset(std::string_view name) {
  const auto found = variables_.find(name);
  if (found != variables_.end()) variables_.erase(found);
}

const Value& Environment::BodyJson() {
  if (!json_.has_value()) {
    auto parsed = ParseJsonValue(body_);
    json_ = parsed.ok() ? std::move(parsed).value() : Value::Text(body_);
  }
  return *json_;
}

void Environment::Warn(std::string text) {
  constexpr std::size_t kMaxWarnings = 8;
  if (warnings_.size() < kMaxWarnings &&
      std::find(warnings_.begin(), warnings_.end(), text) == warnings_.end())
    warnings_.push_back(std::move(text));
}

void Environment::Remember(const Value& container) {
  remembered_.push_back(container);
}

}  // namespace offstage::gateway::vtl
