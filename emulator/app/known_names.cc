#include "app/known_names.h"

namespace offstage::app {

namespace {

template <typename Thing>
void Add(scenario::NameSet& names, const Thing& thing) {
  names.shown.push_back(thing.logical_id);
  names.others.push_back(thing.path);
}

void AddPoolNames(const templates::Stack& stack, scenario::KnownNames& names) {
  for (const templates::Resource& resource : stack.resources) {
    const bool pool = resource.type == "AWS::Cognito::UserPool";
    if (!pool && resource.type != "AWS::Cognito::UserPoolClient") continue;
    scenario::NameSet& set = pool ? names.pools : names.clients;
    Add(set, resource);
    set.others.push_back(resource.physical_id);
    const std::string name = resource.properties.TextOf(pool ? "UserPoolName" : "ClientName");
    if (!name.empty()) set.others.push_back(name);
  }
}

}  // namespace

scenario::KnownNames NamesOf(const templates::Stack& stack) {
  scenario::KnownNames names;
  for (const templates::Table& table : stack.tables) {
    Add(names.tables, table);
    names.tables.others.push_back(table.name);
  }
  for (const templates::Function& function : stack.functions) {
    Add(names.functions, function);
    names.functions.others.push_back(function.name);
    names.functions.others.push_back(function.arn);
    if (function.url) Add(names.apis, function);
  }
  for (const templates::Api& api : stack.apis) {
    Add(names.apis, api);
    if (api.definition.IsMap()) ++names.definitions;
  }
  AddPoolNames(stack, names);
  return names;
}

}  // namespace offstage::app
