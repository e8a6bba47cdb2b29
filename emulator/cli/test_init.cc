// offstage test --init: a first suite, made from the template's routes.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "app/route_table.h"
#include "base/text.h"
#include "cli/test_options.h"

namespace offstage::cli {

namespace {

namespace fs = std::filesystem;

// A path that can be requested: "/users/{id}" becomes "/users/1".
std::string Concrete(const std::string& path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '{') {
      out.push_back(path[i]);
      continue;
    }
    out += "1";
    i = std::min(path.find('}', i), path.size() - 1);
  }
  return out;
}

std::string ScenarioFor(const app::RouteRow& route, const std::string& api) {
  const std::string method = route.method == "ANY" ? "get" : ToLower(route.method);
  std::string text = fmt::format("\n  - name: {} answers\n    steps:\n      - {}: {}\n",
                                 route.key == "$default" ? "The default route" : route.key, method,
                                 Concrete(route.path_in_api));
  if (!api.empty()) text += fmt::format("        api: {}\n", api);
  if (method == "post" || method == "put" || method == "patch") text += "        json: {}\n";
  return text +
         "        expect:\n          # Put here what the route shall answer.\n"
         "          status: <integer 200..499>\n";
}

// "{id: a, n: 1}": the key of an item.
std::string ExampleItem(const templates::Table& table) {
  std::vector<std::string> parts;
  for (const templates::KeyPart& key : table.key_schema) {
    const auto attribute = std::find_if(
        table.attributes.begin(), table.attributes.end(),
        [&key](const templates::AttributeDefinition& a) { return a.name == key.name; });
    const bool number = attribute != table.attributes.end() && attribute->type == "N";
    parts.push_back(key.name + (number ? ": 1" : ": a"));
  }
  return "{" + Join(parts, ", ") + "}";
}

// "{}", or "{pool: Customers}" where there are several pools; empty: none that has an app client.
std::string ExampleUser(const templates::Stack& stack) {
  std::vector<const templates::Resource*> pools;
  std::vector<std::string> with_client;
  for (const templates::Resource& resource : stack.resources) {
    if (resource.type == "AWS::Cognito::UserPool") pools.push_back(&resource);
    if (resource.type == "AWS::Cognito::UserPoolClient")
      with_client.push_back(resource.properties.TextOf("UserPoolId"));
  }
  for (const templates::Resource* pool : pools) {
    if (std::find(with_client.begin(), with_client.end(), pool->physical_id) == with_client.end())
      continue;
    return pools.size() == 1 ? "{}" : fmt::format("{{pool: {}}}", pool->logical_id);
  }
  return {};
}

std::string Suite(const std::vector<app::RouteRow>& routes, const templates::Stack& stack) {
  std::string text =
      "# A first suite: one scenario a route. Make each say what the route is for.\n"
      "# Keys and operators: offstage test --schema, and the README.\n"
      "suite: api\n";
  const std::string user = ExampleUser(stack);
  if (!stack.tables.empty() || !user.empty())
    text += "\n# Every scenario starts from this data.\ngiven:\n";
  if (!stack.tables.empty()) text += "  tables:\n";
  for (const templates::Table& table : stack.tables)
    text += fmt::format("    {}: []  # e.g. [{}]\n", table.logical_id, ExampleItem(table));
  if (!user.empty()) {
    text += fmt::format(
        "  # Somebody who has signed up; `as: ada` on a step sends her token.\n"
        "  users: {{ada: {}}}\n",
        user);
  }
  text += "\nscenarios:";
  for (const app::RouteRow& route : routes) {
    if (route.function != "mock") text += ScenarioFor(route, route.other_api);
  }
  return text;
}

}  // namespace

int RunTestInit(const TestOptions& options) {
  CommonOptions common = options.common;
  common.in_memory = true;
  RandomIds ids;
  const auto open = Open(common, ids);
  if (!open.ok()) return Complain(open.error().error, open.error().code);
  const auto routes = app::ListRoutes(open->stack);
  if (!routes.ok()) return Complain(routes.error(), kUsageOrTemplate);
  const bool any = std::any_of(routes->begin(), routes->end(),
                               [](const app::RouteRow& r) { return r.function != "mock"; });
  if (!any)
    return Complain({"the template has no routes to write scenarios for"}, kUsageOrTemplate);
  const fs::path folder = options.paths.empty() ? fs::path("scenarios") : options.paths.front();
  const fs::path file = folder / "api.scenario.yml";
  if (fs::exists(file))
    return Complain({file.string() + " exists already; it stays as it is"}, kUsageOrTemplate);
  std::error_code failure;
  fs::create_directories(folder, failure);
  std::ofstream out(file, std::ios::binary);
  out << Suite(*routes, open->stack);
  if (!out.flush()) return Complain({"cannot write " + file.string()}, kCouldNotStart);
  fmt::print("Wrote {}. Run it: offstage test\n", file.string());
  return kDone;
}

}  // namespace offstage::cli
