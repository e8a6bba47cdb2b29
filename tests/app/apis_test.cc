// What the gateway is told about the template's APIs: above all, that no protection gets lost.
#include "app/provision/apis.h"

#include <gtest/gtest.h>

namespace offstage::app {
namespace {

templates::Api MakeApi(const std::string& id) {
  templates::Api api;
  api.logical_id = id;
  api.api_id = id;
  templates::Route route;
  route.method = "GET";
  route.path = "/x";
  route.function = "fn";
  api.routes.push_back(route);
  return api;
}

gateway::Route OnlyRoute(const templates::Api& api) {
  templates::Stack stack;
  stack.apis.push_back(api);
  return ToApiConfigs(stack).at(0).routes.at(0);
}

TEST(ToApiConfigs, TheImplicitApiIsTheMainOne) {
  templates::Stack stack;
  stack.apis = {MakeApi("Other"), MakeApi("ServerlessRestApi")};
  EXPECT_EQ(ToApiConfigs(stack).at(0).id, "ServerlessRestApi");
}

TEST(ToApiConfigs, AnOpenRouteIsServed) {
  const gateway::Route route = OnlyRoute(MakeApi("A"));
  EXPECT_EQ(route.refused, "");
  EXPECT_EQ(std::get<gateway::LambdaProxy>(route.integration).function, "fn");
}

TEST(ToApiConfigs, IamAndApiKeysStay) {
  templates::Api api = MakeApi("A");
  api.routes[0].auth.kind = templates::RouteAuthKind::kIam;
  api.routes[0].auth.api_key_required = true;
  const gateway::Route route = OnlyRoute(api);
  EXPECT_EQ(route.iam, gateway::Route::IamAuthorization::kRequired);
  EXPECT_EQ(route.api_key, gateway::Route::ApiKeyUse::kRequired);
}

TEST(ToApiConfigs, AnAuthorizerThatIsNotThereRefusesTheRoute) {
  templates::Api api = MakeApi("A");
  api.routes[0].auth.kind = templates::RouteAuthKind::kAuthorizer;
  api.routes[0].auth.authorizer = "Missing";
  EXPECT_NE(OnlyRoute(api).refused.find("Missing"), std::string::npos);
  api.routes[0].auth.kind = templates::RouteAuthKind::kUnknown;
  EXPECT_NE(OnlyRoute(api).refused, "");
}

TEST(ToApiConfigs, WhatIsNotEmulatedIsRefusedByName) {
  templates::Api api = MakeApi("A");
  api.routes[0].kind = templates::IntegrationKind::kOther;
  EXPECT_NE(OnlyRoute(api).refused, "");
  api = MakeApi("A");
  api.routes[0].function = "";
  api.routes[0].function_arn = "arn:elsewhere";
  EXPECT_NE(OnlyRoute(api).refused.find("arn:elsewhere"), std::string::npos);
}

TEST(ToApiConfigs, RoutesThatStartStateMachinesAreThereAndSayThatNothingRunsThem) {
  templates::Stack stack;
  stack.apis = {MakeApi("A"), MakeApi("B")};
  templates::Route& route = stack.apis[1].routes[0];
  route.kind = templates::IntegrationKind::kOther;
  route.function = "";
  route.state_machine_path = "Orders";
  const gateway::Route made = ToApiConfigs(stack).at(1).routes.at(0);
  EXPECT_NE(made.refused.find("starts the state machine Orders"), std::string::npos);
  const std::vector<templates::Note> refused = RefusedRoutes(stack);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].path, fmt::format("{} {} {}", stack.apis[1].path, route.method, route.path));
  EXPECT_EQ(refused[0].message.rfind("it starts the state machine Orders", 0), 0U)
      << refused[0].message;
}

TEST(ToApiConfigs, CorsLosesItsQuotesAndKeepsItsAuthorizer) {
  templates::Api api = MakeApi("A");
  api.auth = templates::Node::Map();
  api.default_authorizer = "Pool";
  api.cors.emplace();
  api.cors->allow_origin = "'*'";
  templates::Stack stack;
  stack.apis.push_back(api);
  const auto config = ToApiConfigs(stack).at(0);
  EXPECT_EQ(config.rest_cors->allow_origin, "*");
  EXPECT_EQ(config.rest_cors->authorizer, "Pool");
}

}  // namespace
}  // namespace offstage::app
