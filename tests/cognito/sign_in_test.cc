// Flows and challenges: docs.aws.amazon.com/cognito/latest/developerguide/
// amazon-cognito-user-pools-authentication-flow.html
#include <gtest/gtest.h>

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/crypto/totp.h"
#include "cognito/fixture.h"

namespace offstage::cognito::test {
namespace {

TEST(AuthFlows, WithoutExplicitAuthFlowsAreSrpRefreshAndCustom) {
  Pools pools;
  pools.Make({}, {{"ExplicitAuthFlows", Json::array()}});
  pools.AddUser("ada");
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("ada")),
            "InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client");
  EXPECT_EQ(pools.Refusal("AdminInitiateAuth",
                          {{"UserPoolId", pools.pool_id},
                           {"ClientId", pools.client_id},
                           {"AuthFlow", "ADMIN_USER_PASSWORD_AUTH"},
                           {"AuthParameters", {{"USERNAME", "ada"}, {"PASSWORD", "Passw0rd!"}}}}),
            "InvalidParameterException: Auth flow not enabled for this client");
  EXPECT_EQ(pools.Ok("InitiateAuth", {{"ClientId", pools.client_id},
                                      {"AuthFlow", "USER_SRP_AUTH"},
                                      {"AuthParameters",
                                       {{"USERNAME", "ada"}, {"SRP_A", "abcd"}}}})["ChallengeName"],
            "PASSWORD_VERIFIER");
}

TEST(AuthFlows, OfAdministratorsAreNotForClients) {
  Pools pools;
  pools.Make();
  Json request = pools.PasswordRequest("ada");
  request["AuthFlow"] = "ADMIN_USER_PASSWORD_AUTH";
  EXPECT_EQ(pools.Refusal("InitiateAuth", request),
            "InvalidParameterException: Initiate Auth method not supported.");
}

TEST(UnknownUsers, AreToldApartOnlyWithoutPrevention) {
  Pools pools;
  pools.Make();
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("nobody")),
            "UserNotFoundException: User does not exist.");
  pools.Make({}, {{"PreventUserExistenceErrors", "ENABLED"}});
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("nobody")),
            "NotAuthorizedException: Incorrect username or password.");
  const Json request = {{"ClientId", pools.client_id},
                        {"AuthFlow", "USER_SRP_AUTH"},
                        {"AuthParameters", {{"USERNAME", "nobody"}, {"SRP_A", "abcd"}}}};
  const Json once = pools.Ok("InitiateAuth", request)["ChallengeParameters"];
  const Json twice = pools.Ok("InitiateAuth", request)["ChallengeParameters"];
  EXPECT_EQ(once["SALT"], twice["SALT"]);
  EXPECT_NE(once["SRP_B"], twice["SRP_B"]);
}

// docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
TEST(UnknownUsers, AreSentPretendedCodesAsDisabledOnesAre) {
  Pools pools;
  pools.Make({{"AutoVerifiedAttributes", {"email"}}}, {{"PreventUserExistenceErrors", "ENABLED"}});
  pools.AddUser("off", {{{"Name", "email"}, {"Value", "off@example.com"}},
                        {{"Name", "email_verified"}, {"Value", "true"}}});
  pools.Ok("AdminDisableUser", {{"UserPoolId", pools.pool_id}, {"Username", "off"}});
  // Nothing was verified that a code could be sent to.
  pools.AddUser("mute");
  const auto named = [&pools](const std::string& name) {
    return Json{{"ClientId", pools.client_id}, {"Username", name}};
  };
  const auto confirm = [&pools, &named](const std::string& name) {
    Json request = named(name);
    request.update({{"ConfirmationCode", "123456"}, {"Password", "N3wPassw0rd!"}});
    return pools.Refusal("ConfirmForgotPassword", request);
  };
  for (const char* name : {"nobody", "off"}) {
    EXPECT_EQ(confirm(name),
              "ExpiredCodeException: Invalid code provided, please request a code again.");
    for (const char* operation : {"ForgotPassword", "ResendConfirmationCode"}) {
      const Json details = pools.Ok(operation, named(name))["CodeDeliveryDetails"];
      EXPECT_EQ(details["DeliveryMedium"], "EMAIL") << operation;
    }
    EXPECT_EQ(confirm(name),
              "CodeMismatchException: Invalid verification code provided, please try again.");
    // Nor do limits tell.
    for (int more = 0; more < 9; ++more)
      pools.Ok("ForgotPassword", named(name));
    EXPECT_EQ(pools.Refusal("ForgotPassword", named(name)).substr(0, 23),
              "LimitExceededException:");
  }
  EXPECT_EQ(pools.Ok("ForgotPassword", named("mute"))["CodeDeliveryDetails"]["AttributeName"],
            "email");
  EXPECT_EQ(pools.Ok("ForgotPassword", named("+37255512345"))["CodeDeliveryDetails"],
            Json({{"AttributeName", "phone_number"},
                  {"DeliveryMedium", "SMS"},
                  {"Destination", "+*******2345"}}));
  EXPECT_TRUE(pools.messages.empty());

  pools.Make({{"AutoVerifiedAttributes", {"email"}}});
  pools.AddUser("off");
  pools.Ok("AdminDisableUser", {{"UserPoolId", pools.pool_id}, {"Username", "off"}});
  EXPECT_EQ(confirm("off"), "NotAuthorizedException: User is disabled.");
  EXPECT_EQ(confirm("nobody"), "UserNotFoundException: Username/client id combination not found.");
}

TEST(UnknownUsers, AreOfferedChoicesThatNeverFit) {
  Pools pools;
  const Json config = {
      {"Policies", {{"SignInPolicy", {{"AllowedFirstAuthFactors", {"PASSWORD", "EMAIL_OTP"}}}}}}};
  pools.Make(config, {{"PreventUserExistenceErrors", "ENABLED"}});
  const auto start = [&pools](Json parameters) {
    parameters["USERNAME"] = "nobody";
    return Json{{"ClientId", pools.client_id},
                {"AuthFlow", "USER_AUTH"},
                {"AuthParameters", std::move(parameters)}};
  };
  const auto answer = [&pools](const Json& asked, Json responses) {
    responses["USERNAME"] = "nobody";
    return Json{{"ClientId", pools.client_id},
                {"ChallengeName", asked["ChallengeName"]},
                {"Session", asked["Session"]},
                {"ChallengeResponses", std::move(responses)}};
  };
  Json asked = pools.Ok("InitiateAuth", start(Json::object()));
  EXPECT_EQ(asked["ChallengeName"], "SELECT_CHALLENGE");
  EXPECT_EQ(asked["AvailableChallenges"], Json({"PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"}));
  asked = pools.Ok("RespondToAuthChallenge", answer(asked, {{"ANSWER", "EMAIL_OTP"}}));
  EXPECT_EQ(asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"], "n***@e***");
  EXPECT_EQ(pools.Refusal("RespondToAuthChallenge", answer(asked, {{"EMAIL_OTP_CODE", ""}})),
            "InvalidParameterException: Missing required parameter EMAIL_OTP_CODE");
  EXPECT_EQ(pools.Refusal("RespondToAuthChallenge", answer(asked, {{"EMAIL_OTP_CODE", "1"}})),
            "CodeMismatchException: Invalid code or auth state for the user.");
  asked = pools.Ok("InitiateAuth", start({{"PREFERRED_CHALLENGE", "PASSWORD"}}));
  EXPECT_EQ(asked["ChallengeName"], "PASSWORD");
  const std::string wrong = "NotAuthorizedException: Incorrect username or password.";
  EXPECT_EQ(pools.Refusal("RespondToAuthChallenge", answer(asked, {{"PASSWORD", "Passw0rd!"}})),
            wrong);
  EXPECT_EQ(pools.Refusal("InitiateAuth",
                          start({{"PREFERRED_CHALLENGE", "PASSWORD"}, {"PASSWORD", "Passw0rd!"}})),
            wrong);
  asked =
      pools.Ok("InitiateAuth", start({{"PREFERRED_CHALLENGE", "PASSWORD_SRP"}, {"SRP_A", "abcd"}}));
  EXPECT_EQ(asked["ChallengeName"], "PASSWORD_VERIFIER");
  EXPECT_TRUE(pools.messages.empty());

  pools.Make(config);
  EXPECT_EQ(pools.Refusal("InitiateAuth", start(Json::object())),
            "UserNotFoundException: User does not exist.");
}

TEST(UnknownUsers, AreShownToPreAuthentication) {
  Pools pools;
  pools.functions.functions["pre"] = [](Json event) {
    if (event["request"]["userNotFound"] == true) return Throw("who?");
    return Respond(event, Json::object());
  };
  const Json config = {
      {"LambdaConfig",
       {{"PreAuthentication", "arn:aws:lambda:us-east-1:123456789012:function:pre"}}}};
  pools.Make(config, {{"PreventUserExistenceErrors", "ENABLED"}});
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("nobody")),
            "UserLambdaValidationException: PreAuthentication failed with error who?.");
  EXPECT_EQ(pools.functions.events.back()["userName"], "nobody");
  EXPECT_EQ(pools.Refusal("InitiateAuth",
                          {{"ClientId", pools.client_id},
                           {"AuthFlow", "USER_SRP_AUTH"},
                           {"AuthParameters", {{"USERNAME", "nobody"}, {"SRP_A", "abcd"}}}}),
            "UserLambdaValidationException: PreAuthentication failed with error who?.");
  pools.AddUser("ada");
  pools.SignIn("ada");
  EXPECT_EQ(pools.functions.events.back()["request"]["userNotFound"], false);
  pools.Make(config);
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("nobody")),
            "UserNotFoundException: User does not exist.");
  pools.AddUser("ada");
  pools.SignIn("ada");
  EXPECT_FALSE(pools.functions.events.back()["request"].contains("userNotFound"));
}

TEST(SecretHash, IsOverTheNameAndTheClient) {
  Pools pools;
  pools.Make({}, {{"GenerateSecret", true}});
  pools.AddUser("ada");
  const Json client = pools.Ok("DescribeUserPoolClient",
                               {{"UserPoolId", pools.pool_id}, {"ClientId", pools.client_id}});
  const std::string secret = client["UserPoolClient"]["ClientSecret"];
  Json request = pools.PasswordRequest("ada");
  EXPECT_EQ(pools.Refusal("InitiateAuth", request),
            "NotAuthorizedException: Client " + pools.client_id +
                " is configured with secret but SECRET_HASH was not received");
  request["AuthParameters"]["SECRET_HASH"] = Base64Encode(HmacSha256(secret, "ada"));
  EXPECT_EQ(pools.Refusal("InitiateAuth", request),
            "NotAuthorizedException: Unable to verify secret hash for client " + pools.client_id);
  request["AuthParameters"]["SECRET_HASH"] =
      Base64Encode(HmacSha256(secret, "ada" + pools.client_id));
  EXPECT_EQ(pools.Refusal("InitiateAuth", request), "");
}

TEST(SrpSessions, TakeOneGuess) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada");
  const Json asked =
      pools.Ok("InitiateAuth", {{"ClientId", pools.client_id},
                                {"AuthFlow", "USER_SRP_AUTH"},
                                {"AuthParameters", {{"USERNAME", "ada"}, {"SRP_A", "abcd"}}}});
  const Json answer = {
      {"ClientId", pools.client_id},
      {"ChallengeName", "PASSWORD_VERIFIER"},
      {"ChallengeResponses",
       {{"USERNAME", "ada"},
        {"PASSWORD_CLAIM_SECRET_BLOCK", asked["ChallengeParameters"]["SECRET_BLOCK"]},
        {"PASSWORD_CLAIM_SIGNATURE", "AAAA"},
        {"TIMESTAMP", "Wed Nov 25 12:00:00 UTC 2026"}}}};
  EXPECT_EQ(pools.Refusal("RespondToAuthChallenge", answer),
            "NotAuthorizedException: Incorrect username or password.");
  EXPECT_EQ(pools.Refusal("RespondToAuthChallenge", answer),
            "NotAuthorizedException: Invalid session for the user.");
}

TEST(TemporaryPasswords, MustBeChangedAndExpire) {
  Pools pools;
  pools.Make();
  const Json create = {{"UserPoolId", pools.pool_id},
                       {"Username", "ada"},
                       {"TemporaryPassword", "Temp0rary!"},
                       {"UserAttributes", {{{"Name", "email"}, {"Value", "ada@example.com"}}}},
                       {"DesiredDeliveryMediums", {"EMAIL"}}};
  pools.Ok("AdminCreateUser", create);
  ASSERT_EQ(pools.messages.size(), 1U);
  EXPECT_EQ(pools.messages[0].body, "Your username is ada and temporary password is Temp0rary!.");
  const Json asked = pools.Ok("InitiateAuth", pools.PasswordRequest("ada", "Temp0rary!"));
  EXPECT_EQ(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
  EXPECT_EQ(asked["ChallengeParameters"]["requiredAttributes"], "[]");
  Json answer = {{"ClientId", pools.client_id},
                 {"ChallengeName", "NEW_PASSWORD_REQUIRED"},
                 {"Session", asked["Session"]},
                 {"ChallengeResponses", {{"USERNAME", "ada"}, {"NEW_PASSWORD", "weak"}}}};
  EXPECT_EQ(pools.Refusal("RespondToAuthChallenge", answer),
            "InvalidPasswordException: Password did not conform with policy: Password not long "
            "enough");
  answer["ChallengeResponses"]["NEW_PASSWORD"] = "Passw0rd!";
  EXPECT_TRUE(pools.Ok("RespondToAuthChallenge", answer).contains("AuthenticationResult"));
  EXPECT_EQ(pools.Refusal("RespondToAuthChallenge", answer),
            "NotAuthorizedException: Invalid session for the user, session is expired.");
  EXPECT_TRUE(pools.SignIn("ada").contains("IdToken"));

  Json second = create;
  second["Username"] = "eve";
  pools.Ok("AdminCreateUser", second);
  pools.clock.Advance(std::chrono::hours(24 * 7 + 1));
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("eve", "Temp0rary!")),
            "NotAuthorizedException: Temporary password has expired and must be reset by an "
            "administrator.");
}

TEST(Sessions, EndAfterThreeMinutes) {
  Pools pools;
  pools.Make();
  pools.Ok(
      "AdminCreateUser",
      {{"UserPoolId", pools.pool_id}, {"Username", "ada"}, {"TemporaryPassword", "Temp0rary!"}});
  const Json asked = pools.Ok("InitiateAuth", pools.PasswordRequest("ada", "Temp0rary!"));
  pools.clock.Advance(std::chrono::seconds(180));
  EXPECT_EQ(
      pools.Refusal("RespondToAuthChallenge",
                    {{"ClientId", pools.client_id},
                     {"ChallengeName", "NEW_PASSWORD_REQUIRED"},
                     {"Session", asked["Session"]},
                     {"ChallengeResponses", {{"USERNAME", "ada"}, {"NEW_PASSWORD", "Passw0rd!"}}}}),
      "NotAuthorizedException: Invalid session for the user, session is expired.");
}

TEST(RequiredMfa, IsSetUpDuringTheFirstSignIn) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada");
  pools.Ok("SetUserPoolMfaConfig", {{"UserPoolId", pools.pool_id},
                                    {"MfaConfiguration", "ON"},
                                    {"SoftwareTokenMfaConfiguration", {{"Enabled", true}}}});
  const Json asked = pools.Ok("InitiateAuth", pools.PasswordRequest("ada"));
  ASSERT_EQ(asked["ChallengeName"], "MFA_SETUP");
  EXPECT_EQ(asked["ChallengeParameters"]["MFAS_CAN_SETUP"], "[\"SOFTWARE_TOKEN_MFA\"]");
  const Json secret = pools.Ok("AssociateSoftwareToken", {{"Session", asked["Session"]}});
  const std::string code = TotpCode(secret["SecretCode"].get<std::string>(), 1795608000 / 30);
  const Json verified =
      pools.Ok("VerifySoftwareToken", {{"Session", secret["Session"]}, {"UserCode", code}});
  const Json done =
      pools.Ok("RespondToAuthChallenge", {{"ClientId", pools.client_id},
                                          {"ChallengeName", "MFA_SETUP"},
                                          {"Session", verified["Session"]},
                                          {"ChallengeResponses", {{"USERNAME", "ada"}}}});
  EXPECT_TRUE(done.contains("AuthenticationResult"));
  EXPECT_EQ(pools.Ok("InitiateAuth", pools.PasswordRequest("ada"))["ChallengeName"],
            "SOFTWARE_TOKEN_MFA");
}

TEST(SmsMfa, SendsACode) {
  Pools pools;
  pools.Make({{"MfaConfiguration", "ON"},
              {"SmsConfiguration", {{"SnsCallerArn", "arn:aws:iam::123456789012:role/sms"}}}});
  pools.AddUser("ada", {{{"Name", "phone_number"}, {"Value", "+15555550100"}}});
  const Json asked = pools.Ok("InitiateAuth", pools.PasswordRequest("ada"));
  ASSERT_EQ(asked["ChallengeName"], "SMS_MFA");
  EXPECT_EQ(asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"], "+*******0100");
  Json answer = {{"ClientId", pools.client_id},
                 {"ChallengeName", "SMS_MFA"},
                 {"Session", asked["Session"]},
                 {"ChallengeResponses", {{"USERNAME", "ada"}, {"SMS_MFA_CODE", "wrong"}}}};
  EXPECT_EQ(pools.Refusal("RespondToAuthChallenge", answer),
            "CodeMismatchException: Invalid code or auth state for the user.");
  answer["ChallengeResponses"]["SMS_MFA_CODE"] = pools.messages.back().code;
  EXPECT_TRUE(pools.Ok("RespondToAuthChallenge", answer).contains("AuthenticationResult"));
}

TEST(Passkeys, AreRefusedByName) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada");
  EXPECT_EQ(pools.Refusal(
                "InitiateAuth",
                {{"ClientId", pools.client_id},
                 {"AuthFlow", "USER_AUTH"},
                 {"AuthParameters", {{"USERNAME", "ada"}, {"PREFERRED_CHALLENGE", "WEB_AUTHN"}}}}),
            "NotEmulated: offstage does not emulate passkeys (WEB_AUTHN) of Cognito");
}

}  // namespace
}  // namespace offstage::cognito::test
