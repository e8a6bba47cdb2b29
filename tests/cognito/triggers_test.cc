// Lambda triggers: event shapes and what their answers do.
#include <gtest/gtest.h>

#include "cognito/fixture.h"

namespace offstage::cognito::test {
namespace {

std::string Arn(const std::string& function) {
  return "arn:aws:lambda:us-east-1:123456789012:function:" + function;
}

Json SignUpRequestOf(const Pools& pools, const std::string& name) {
  return {{"ClientId", pools.client_id},
          {"Username", name},
          {"Password", "Passw0rd!"},
          {"UserAttributes", {{{"Name", "email"}, {"Value", "ada@example.com"}}}},
          {"ValidationData", {{{"Name", "k"}, {"Value", "v"}}}},
          {"ClientMetadata", {{"from", "test"}}}};
}

TEST(PreSignUp, ConfirmsAndVerifies) {
  Pools pools;
  pools.functions.functions["pre"] = [](Json event) {
    return Respond(event, {{"autoConfirmUser", true}, {"autoVerifyEmail", true}});
  };
  pools.functions.functions["post"] = [](Json event) { return Respond(event, Json::object()); };
  pools.Make({{"AutoVerifiedAttributes", {"email"}},
              {"LambdaConfig", {{"PreSignUp", Arn("pre")}, {"PostConfirmation", Arn("post")}}}});
  const Json reply = pools.Ok("SignUp", SignUpRequestOf(pools, "ada"));
  EXPECT_EQ(reply["UserConfirmed"], true);
  EXPECT_TRUE(pools.messages.empty());
  ASSERT_EQ(pools.functions.events.size(), 2U);
  const Json& event = pools.functions.events[0];
  EXPECT_EQ(event["version"], "1");
  EXPECT_EQ(event["region"], "us-east-1");
  EXPECT_EQ(event["userPoolId"], pools.pool_id);
  EXPECT_EQ(event["userName"], "ada");
  EXPECT_EQ(event["callerContext"]["clientId"], pools.client_id);
  EXPECT_EQ(event["triggerSource"], "PreSignUp_SignUp");
  EXPECT_EQ(event["request"]["userAttributes"]["email"], "ada@example.com");
  EXPECT_EQ(event["request"]["validationData"], Json({{"k", "v"}}));
  EXPECT_EQ(event["request"]["clientMetadata"], Json({{"from", "test"}}));
  EXPECT_EQ(pools.functions.events[1]["triggerSource"], "PostConfirmation_ConfirmSignUp");
  EXPECT_EQ(pools.functions.events[1]["request"]["userAttributes"]["cognito:user_status"],
            "CONFIRMED");
  EXPECT_EQ(Claims(pools.SignIn("ada")["IdToken"])["email_verified"], true);
}

TEST(PreSignUp, RefusesWithItsOwnWords) {
  Pools pools;
  pools.functions.functions["pre"] = [](const Json&) { return Throw("not today"); };
  pools.Make({{"LambdaConfig", {{"PreSignUp", Arn("pre")}}}});
  EXPECT_EQ(pools.Refusal("SignUp", SignUpRequestOf(pools, "ada")),
            "UserLambdaValidationException: PreSignUp failed with error not today.");
  EXPECT_EQ(pools.Refusal("AdminGetUser", {{"UserPoolId", pools.pool_id}, {"Username", "ada"}}),
            "UserNotFoundException: User does not exist.");
}

TEST(Triggers, MustReturnTheEvent) {
  Pools pools;
  pools.functions.functions["pre"] = [](const Json&) { return InvokeResult{.payload = "null"}; };
  pools.Make({{"LambdaConfig", {{"PreSignUp", Arn("pre")}}}});
  EXPECT_EQ(pools.Refusal("SignUp", SignUpRequestOf(pools, "ada")),
            "InvalidLambdaResponseException: Unrecognizable lambda output");
  pools.Make({{"LambdaConfig", {{"PreSignUp", Arn("missing")}}}});
  EXPECT_EQ(pools.Refusal("SignUp", SignUpRequestOf(pools, "ada")).substr(0, 26),
            "UnexpectedLambdaException:");
}

TEST(PreTokenGeneration, ChangesClaimsButNotTheServicesOwn) {
  Pools pools;
  pools.functions.functions["token"] = [](Json event) {
    return Respond(
        event,
        {{"claimsOverrideDetails",
          {{"claimsToAddOrOverride", {{"team", "blue"}, {"sub", "forged"}, {"iss", "forged"}}},
           {"claimsToSuppress", {"email", "exp"}},
           {"groupOverrideDetails", {{"groupsToOverride", {"x", "y"}}}}}}});
  };
  pools.Make({{"LambdaConfig", {{"PreTokenGeneration", Arn("token")}}}});
  pools.AddUser("ada", {{{"Name", "email"}, {"Value", "ada@example.com"}}});
  const Json tokens = pools.SignIn("ada");
  const Json claims = Claims(tokens["IdToken"]);
  EXPECT_EQ(claims["team"], "blue");
  EXPECT_EQ(claims["sub"].get<std::string>().size(), 36U);
  EXPECT_NE(claims["iss"], "forged");
  EXPECT_FALSE(claims.contains("email"));
  EXPECT_TRUE(claims.contains("exp"));
  EXPECT_EQ(claims["cognito:groups"], Json({"x", "y"}));
  EXPECT_FALSE(Claims(tokens["AccessToken"]).contains("team"));
  EXPECT_EQ(pools.functions.events.back()["triggerSource"], "TokenGeneration_Authentication");
}

TEST(PreTokenGeneration, InVersionTwoReachesAccessTokensAndScopes) {
  Pools pools;
  pools.functions.functions["token"] = [](Json event) {
    return Respond(
        event,
        {{"claimsAndScopeOverrideDetails",
          {{"accessTokenGeneration",
            {{"claimsToAddOrOverride", {{"level", {1, 2}}}}, {"scopesToAdd", {"api/read"}}}}}}});
  };
  pools.Make(
      {{"LambdaConfig",
        {{"PreTokenGenerationConfig", {{"LambdaArn", Arn("token")}, {"LambdaVersion", "V2_0"}}}}}});
  pools.AddUser("ada");
  const Json claims = Claims(pools.SignIn("ada")["AccessToken"]);
  EXPECT_EQ(claims["level"], Json({1, 2}));
  EXPECT_EQ(claims["scope"], "aws.cognito.signin.user.admin api/read");
  EXPECT_EQ(pools.functions.events.back()["version"], "2");
  EXPECT_EQ(pools.functions.events.back()["request"]["scopes"],
            Json::array({"aws.cognito.signin.user.admin"}));
}

TEST(CustomMessage, ReplacesTheTextWhenItKeepsTheCode) {
  Pools pools;
  pools.functions.functions["message"] = [](Json event) {
    const std::string code = event["request"]["codeParameter"];
    return Respond(event, {{"emailMessage", "Hello, " + code}, {"emailSubject", "Hi"}});
  };
  pools.Make({{"AutoVerifiedAttributes", {"email"}},
              {"LambdaConfig", {{"CustomMessage", Arn("message")}}}});
  pools.Ok("SignUp", SignUpRequestOf(pools, "ada"));
  ASSERT_EQ(pools.messages.size(), 1U);
  EXPECT_EQ(pools.messages[0].body, "Hello, " + pools.messages[0].code);
  EXPECT_EQ(pools.messages[0].subject, "Hi");
}

// As recorded: CustomMessage_SignUp has "cognito:email_alias" where addresses are user names,
// though the user is not confirmed; PostConfirmation has it for verified aliases.
TEST(Triggers, AreToldByWhichAddressesTheUserMaySignIn) {
  Pools pools;
  pools.functions.functions["message"] = [](Json event) { return Respond(event, Json::object()); };
  const Json config = {{"AutoVerifiedAttributes", {"email"}},
                       {"LambdaConfig", {{"CustomMessage", Arn("message")}}}};
  const auto attributes = [&pools] {
    return pools.functions.events.back()["request"]["userAttributes"];
  };
  Json by_address = config;
  by_address["UsernameAttributes"] = {"email"};
  pools.Make(by_address);
  pools.Ok("SignUp", SignUpRequestOf(pools, "ada@example.com"));
  EXPECT_EQ(attributes()["cognito:email_alias"], "ada@example.com");
  EXPECT_EQ(attributes()["email_verified"], "false");

  Json by_alias = config;
  by_alias["AliasAttributes"] = {"email"};
  pools.Make(by_alias);
  pools.Ok("SignUp", SignUpRequestOf(pools, "ada"));
  EXPECT_FALSE(attributes().contains("cognito:email_alias"));
  pools.Ok("ConfirmSignUp", {{"ClientId", pools.client_id},
                             {"Username", "ada"},
                             {"ConfirmationCode", pools.messages.back().code}});
  pools.Ok("ForgotPassword", {{"ClientId", pools.client_id}, {"Username", "ada"}});
  EXPECT_EQ(attributes()["cognito:email_alias"], "ada@example.com");

  pools.Make(config);
  pools.Ok("SignUp", SignUpRequestOf(pools, "ada"));
  EXPECT_FALSE(attributes().contains("cognito:email_alias"));
}

TEST(UserMigration, MakesTheUser) {
  Pools pools;
  pools.functions.functions["migrate"] = [](Json event) {
    if (event["request"]["password"] != "0ldSecret") return Throw("unknown");
    return Respond(event,
                   {{"userAttributes", {{"email", "ada@example.com"}, {"email_verified", "true"}}},
                    {"finalUserStatus", "CONFIRMED"},
                    {"messageAction", "SUPPRESS"}});
  };
  pools.Make({{"LambdaConfig", {{"UserMigration", Arn("migrate")}}}});
  const Json tokens = pools.SignIn("ada", "0ldSecret");
  EXPECT_EQ(Claims(tokens["IdToken"])["email"], "ada@example.com");
  EXPECT_EQ(pools.functions.events.size(), 1U);
  EXPECT_TRUE(pools.SignIn("ada", "0ldSecret").contains("IdToken"));
  EXPECT_EQ(pools.functions.events.size(), 1U);
}

TEST(CustomAuth, GoesInRoundsUntilTokensAreIssued) {
  Pools pools;
  pools.functions.functions["define"] = [](Json event) {
    const Json session = event["request"]["session"];
    if (!session.empty() && session.back()["challengeResult"] == true)
      return Respond(event, {{"issueTokens", true}, {"failAuthentication", false}});
    if (session.size() >= 2) return Respond(event, {{"failAuthentication", true}});
    return Respond(event, {{"challengeName", "CUSTOM_CHALLENGE"}});
  };
  pools.functions.functions["create"] = [](Json event) {
    return Respond(event, {{"publicChallengeParameters", {{"question", "1+1"}}},
                           {"privateChallengeParameters", {{"answer", "2"}}},
                           {"challengeMetadata", "SUM"}});
  };
  pools.functions.functions["verify"] = [](Json event) {
    return Respond(
        event, {{"answerCorrect", event["request"]["challengeAnswer"] ==
                                      event["request"]["privateChallengeParameters"]["answer"]}});
  };
  pools.Make({{"LambdaConfig",
               {{"DefineAuthChallenge", Arn("define")},
                {"CreateAuthChallenge", Arn("create")},
                {"VerifyAuthChallengeResponse", Arn("verify")}}}});
  pools.AddUser("ada");
  const Json start = {{"ClientId", pools.client_id},
                      {"AuthFlow", "CUSTOM_AUTH"},
                      {"AuthParameters", {{"USERNAME", "ada"}}}};
  const auto answer = [&pools](const Json& asked, const std::string& text) {
    return Json{{"ClientId", pools.client_id},
                {"ChallengeName", "CUSTOM_CHALLENGE"},
                {"Session", asked["Session"]},
                {"ChallengeResponses", {{"USERNAME", "ada"}, {"ANSWER", text}}}};
  };
  Json asked = pools.Ok("InitiateAuth", start);
  EXPECT_EQ(asked["ChallengeParameters"], Json({{"question", "1+1"}, {"USERNAME", "ada"}}));
  asked = pools.Ok("RespondToAuthChallenge", answer(asked, "3"));
  EXPECT_EQ(asked["ChallengeName"], "CUSTOM_CHALLENGE");
  EXPECT_TRUE(
      pools.Ok("RespondToAuthChallenge", answer(asked, "2")).contains("AuthenticationResult"));
  const Json define = pools.functions.events[pools.functions.events.size() - 1];
  EXPECT_EQ(define["request"]["session"][0], Json({{"challengeName", "CUSTOM_CHALLENGE"},
                                                   {"challengeResult", false},
                                                   {"challengeMetadata", "SUM"}}));
  asked = pools.Ok("InitiateAuth", start);
  asked = pools.Ok("RespondToAuthChallenge", answer(asked, "3"));
  EXPECT_EQ(pools.Refusal("RespondToAuthChallenge", answer(asked, "3")),
            "NotAuthorizedException: Incorrect username or password.");
}

// docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
TEST(CustomAuth, AsksUsersWhoDoNotExistTheSame) {
  Pools pools;
  pools.functions.functions["define"] = [](Json event) {
    if (event["request"]["session"].empty())
      return Respond(event, {{"challengeName", "CUSTOM_CHALLENGE"}});
    return Respond(event, {{"issueTokens", true}});
  };
  pools.functions.functions["create"] = [](Json event) {
    return Respond(event, {{"publicChallengeParameters", {{"question", "1+1"}}}});
  };
  pools.functions.functions["verify"] = [](Json event) {
    return Respond(event, {{"answerCorrect", true}});
  };
  pools.Make({{"LambdaConfig",
               {{"DefineAuthChallenge", Arn("define")},
                {"CreateAuthChallenge", Arn("create")},
                {"VerifyAuthChallengeResponse", Arn("verify")}}}},
             {{"PreventUserExistenceErrors", "ENABLED"}});
  const Json asked = pools.Ok("InitiateAuth", {{"ClientId", pools.client_id},
                                               {"AuthFlow", "CUSTOM_AUTH"},
                                               {"AuthParameters", {{"USERNAME", "nobody"}}}});
  EXPECT_EQ(asked["ChallengeParameters"], Json({{"question", "1+1"}, {"USERNAME", "nobody"}}));
  // A careless trigger that issues tokens to everybody does not issue them to nobody.
  EXPECT_EQ(pools.Refusal("RespondToAuthChallenge",
                          {{"ClientId", pools.client_id},
                           {"ChallengeName", "CUSTOM_CHALLENGE"},
                           {"Session", asked["Session"]},
                           {"ChallengeResponses", {{"USERNAME", "nobody"}, {"ANSWER", "2"}}}}),
            "NotAuthorizedException: Incorrect username or password.");
  ASSERT_EQ(pools.functions.events.size(), 4U);
  for (const Json& event : pools.functions.events)
    EXPECT_EQ(event["request"]["userNotFound"], true);
}

TEST(CustomAuth, NeedsItsTriggers) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada");
  EXPECT_EQ(pools.Refusal("InitiateAuth", {{"ClientId", pools.client_id},
                                           {"AuthFlow", "CUSTOM_AUTH"},
                                           {"AuthParameters", {{"USERNAME", "ada"}}}}),
            "InvalidUserPoolConfigurationException: Custom auth lambda trigger is not configured "
            "for the user pool.");
}

TEST(PreAuthentication, MayRefuseAndPostAuthenticationIsTold) {
  Pools pools;
  pools.functions.functions["pre"] = [](Json event) {
    if (event["request"]["validationData"].is_null()) return Throw("no data");
    return Respond(event, Json::object());
  };
  pools.functions.functions["post"] = [](Json event) { return Respond(event, Json::object()); };
  pools.Make(
      {{"LambdaConfig", {{"PreAuthentication", Arn("pre")}, {"PostAuthentication", Arn("post")}}}});
  pools.AddUser("ada");
  Json request = pools.PasswordRequest("ada");
  EXPECT_EQ(pools.Refusal("InitiateAuth", request),
            "UserLambdaValidationException: PreAuthentication failed with error no data.");
  request["ClientMetadata"] = {{"k", "v"}};
  pools.Ok("InitiateAuth", request);
  EXPECT_EQ(pools.functions.events.back()["triggerSource"], "PostAuthentication_Authentication");
  EXPECT_EQ(pools.functions.events.back()["request"]["newDeviceUsed"], false);
}

}  // namespace
}  // namespace offstage::cognito::test
