#include "cognito/pool_client.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cognito/fixture.h"

namespace offstage::cognito {
namespace {

using test::Pools;

TEST(PoolClient, SignsInByTheFlowThatTheClientAllows) {
  for (const char* flow :
       {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"}) {
    Pools pools;
    pools.Make(Json::object(), {{"ExplicitAuthFlows", {flow, "ALLOW_REFRESH_TOKEN_AUTH"}}});
    pools.AddUser("ada");
    const auto client = PoolClient::Choose(*pools.service, "", "");
    ASSERT_TRUE(client.ok()) << client.error().message;
    const auto right = client->SignIn("ada", "Passw0rd!");
    ASSERT_TRUE(right.ok()) << flow << ": " << right.error().message;
    EXPECT_TRUE(right->contains("AuthenticationResult")) << flow << right->dump();
    const auto wrong = client->SignIn("ada", "Passw0rd?");
    ASSERT_FALSE(wrong.ok()) << flow;
    EXPECT_EQ(wrong.error().type, "NotAuthorizedException") << flow;
  }
}

TEST(PoolClient, KnowsItsClientsSecret) {
  Pools pools;
  pools.Make(Json::object(),
             {{"GenerateSecret", true}, {"ExplicitAuthFlows", {"ALLOW_USER_SRP_AUTH"}}});
  pools.AddUser("ada");
  const auto client = PoolClient::Choose(*pools.service, "", "");
  ASSERT_TRUE(client.ok());
  EXPECT_TRUE(client->SignIn("ada", "Passw0rd!").ok());
  EXPECT_TRUE(client->Run("ForgotPassword", {{"Username", "ada"}}).error().type !=
              "NotAuthorizedException");
}

TEST(PoolClient, NamesWhatThereIs) {
  Pools pools;
  const auto none = PoolClient::Choose(*pools.service, "", "");
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().message, "there is no user pool here");
  pools.Make();
  const auto unknown = PoolClient::Choose(*pools.service, "", "mobile");
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message.find("has no app client mobile; it has " + pools.client_id),
            std::string::npos)
      << unknown.error().message;
}

TEST(SavedPools, EverythingIsAsItWas) {
  Pools pools;
  pools.Make({{"AutoVerifiedAttributes", {"email"}}});
  pools.AddUser("ada");
  auto saved = pools.service->Save();
  ASSERT_TRUE(saved.ok());
  pools.AddUser("bo");
  pools.Ok("AdminDeleteUser", {{"UserPoolId", pools.pool_id}, {"Username", "ada"}});
  pools.Ok("SignUp", {{"ClientId", pools.client_id},
                      {"Username", "cy"},
                      {"Password", "Passw0rd!"},
                      {"UserAttributes", {{{"Name", "email"}, {"Value", "cy@example.com"}}}}});
  const Json other = pools.Ok("CreateUserPool", {{"PoolName", "other"}});
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(pools.service->Restore(**saved).ok());
    const Json users = pools.Ok("ListUsers", {{"UserPoolId", pools.pool_id}});
    ASSERT_EQ(users.at("Users").size(), 1U);
    EXPECT_EQ(users.at("Users")[0].at("Username"), "ada");
    EXPECT_EQ(pools.service->Messages("", 10)->size(), 0U);
    EXPECT_EQ(pools.service->Pools().size(), 1U);
    EXPECT_TRUE(pools.SignIn("ada").contains("IdToken"));
    pools.AddUser("bo");
  }
}

}  // namespace
}  // namespace offstage::cognito
