// Custom senders: functions that get a pool's codes, encrypted, and send them in the service's
// place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "cognito/fixture.h"
#include "encryption/message_reader.h"

namespace offstage::cognito::test {
namespace {

using testing::HasSubstr;

constexpr const char* kKey =
    "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

Json SenderOf(const std::string& function) {
  return {{"LambdaArn", "arn:aws:lambda:us-east-1:123456789012:function:" + function},
          {"LambdaVersion", "V1_0"}};
}

class CustomSenders : public testing::Test {
 protected:
  CustomSenders() {
    pools_.Make({{"AutoVerifiedAttributes", {"email", "phone_number"}},
                 {"LambdaConfig",
                  {{"CustomEmailSender", SenderOf("mail")},
                   {"CustomSMSSender", SenderOf("sms")},
                   {"CustomMessage", "arn:aws:lambda:us-east-1:123456789012:function:message"},
                   {"KMSKeyID", kKey}}},
                 {"UserAttributeUpdateSettings",
                  {{"AttributesRequireVerificationBeforeUpdate", {"email"}}}}});
  }
  std::string SignUp(const std::string& name, const std::string& attribute = "email",
                     const std::string& value = "ada@example.com") {
    const Json request = {{"ClientId", pools_.client_id},
                          {"Username", name},
                          {"Password", "Passw0rd!"},
                          {"UserAttributes", {{{"Name", attribute}, {"Value", value}}}}};
    return pools_.Refusal("SignUp", request);
  }
  // What the last function that was queued would read.
  std::string LastCode() const {
    const auto message =
        Base64Decode(pools_.queued.back().second["request"]["code"].get<std::string>());
    return message
               ? encryption::test::ReadMessage(*message, FakeKeys::kDataKey).value_or("unreadable")
               : "no base64";
  }

  Pools pools_;
};

TEST_F(CustomSenders, GetTheCodeEncrypted) {
  EXPECT_EQ(SignUp("ada"), "");
  ASSERT_EQ(pools_.queued.size(), 1U);
  EXPECT_EQ(pools_.queued[0].first, "mail");
  Json event = pools_.queued[0].second;
  event["request"].erase("code");
  const std::string sub = event["request"]["userAttributes"]["sub"];
  EXPECT_EQ(event,
            Json({{"version", "1"},
                  {"triggerSource", "CustomEmailSender_SignUp"},
                  {"region", "us-east-1"},
                  {"userPoolId", pools_.pool_id},
                  {"userName", "ada"},
                  {"callerContext",
                   {{"awsSdkVersion", "aws-sdk-unknown-unknown"}, {"clientId", pools_.client_id}}},
                  {"request",
                   {{"type", "customEmailSenderRequestV1"},
                    {"clientMetadata", nullptr},
                    {"userAttributes",
                     {{"sub", sub},
                      {"email", "ada@example.com"},
                      {"email_verified", "false"},
                      {"cognito:user_status", "UNCONFIRMED"}}}}}}));
  EXPECT_EQ(pools_.keys.asked_key, kKey);
  EXPECT_EQ(pools_.keys.asked_context["userpool-id"], pools_.pool_id);
  EXPECT_EQ(pools_.keys.asked_context.count("aws-crypto-public-key"), 1U);
  pools_.Ok(
      "ConfirmSignUp",
      {{"ClientId", pools_.client_id}, {"Username", "ada"}, {"ConfirmationCode", LastCode()}});
  // The service asks for no text where it does not send it.
  EXPECT_TRUE(pools_.functions.events.empty());
}

TEST_F(CustomSenders, AreByMedium) {
  EXPECT_EQ(SignUp("ada", "phone_number", "+37255512345"), "");
  ASSERT_EQ(pools_.queued.size(), 1U);
  EXPECT_EQ(pools_.queued[0].first, "sms");
  EXPECT_EQ(pools_.queued[0].second["triggerSource"], "CustomSMSSender_SignUp");
  EXPECT_EQ(pools_.queued[0].second["request"]["type"], "customSMSSenderRequestV1");
}

TEST_F(CustomSenders, MessagesStayInTheMailbox) {
  EXPECT_EQ(SignUp("ada"), "");
  ASSERT_EQ(pools_.messages.size(), 1U);
  EXPECT_EQ(pools_.messages[0].sender, "mail");
  EXPECT_EQ(pools_.messages[0].code, LastCode());
  EXPECT_EQ(pools_.service->Messages("ada", 1)->at(0).sender, "mail");
  const auto shown = *ParseJson(pools_.Get("/_offstage/mailbox").body);
  EXPECT_EQ(shown[0]["sender"], "mail");
  EXPECT_EQ(shown[0]["code"], LastCode());
}

TEST_F(CustomSenders, AreGivenTemporaryPasswordsAndNewAddresses) {
  pools_.Ok("AdminCreateUser", {{"UserPoolId", pools_.pool_id},
                                {"Username", "bo"},
                                {"DesiredDeliveryMediums", {"EMAIL"}},
                                {"TemporaryPassword", "Temp0rary!"},
                                {"ClientMetadata", {{"lang", "et"}}},
                                {"UserAttributes",
                                 {{{"Name", "email"}, {"Value", "old@example.com"}},
                                  {{"Name", "email_verified"}, {"Value", "true"}}}}});
  EXPECT_EQ(LastCode(), "Temp0rary!");
  Json event = pools_.queued.back().second;
  EXPECT_EQ(event["triggerSource"], "CustomEmailSender_AdminCreateUser");
  EXPECT_EQ(event["callerContext"]["clientId"], "CLIENT_ID_NOT_APPLICABLE");
  EXPECT_EQ(event["request"]["clientMetadata"], Json({{"lang", "et"}}));
  pools_.Ok("AdminSetUserPassword", {{"UserPoolId", pools_.pool_id},
                                     {"Username", "bo"},
                                     {"Password", "Passw0rd!"},
                                     {"Permanent", true}});
  // The address that waits for its code is where the code has to go.
  pools_.Ok("UpdateUserAttributes",
            {{"AccessToken", pools_.SignIn("bo")["AccessToken"]},
             {"UserAttributes", {{{"Name", "email"}, {"Value", "new@example.com"}}}}});
  event = pools_.queued.back().second;
  EXPECT_EQ(event["triggerSource"], "CustomEmailSender_UpdateUserAttribute");
  EXPECT_EQ(event["request"]["userAttributes"]["email"], "new@example.com");
}

TEST_F(CustomSenders, NeedAKeyThatWorks) {
  pools_.keys.refusal = "DisabledException: it is disabled.";
  EXPECT_EQ(SignUp("ada").substr(0, 29), "CodeDeliveryFailureException:");
  EXPECT_TRUE(pools_.queued.empty());
  EXPECT_TRUE(pools_.messages.empty());
}

TEST_F(CustomSenders, MustExist) {
  pools_.Make({{"AutoVerifiedAttributes", {"email"}},
               {"LambdaConfig", {{"CustomEmailSender", SenderOf("missing")}, {"KMSKeyID", kKey}}}});
  EXPECT_EQ(SignUp("ada"),
            "UnexpectedLambdaException: CustomEmailSender invocation failed due to error no such "
            "function.");
}

TEST_F(CustomSenders, AreRefusedWithoutAKey) {
  const Json without = {{"PoolName", "x"},
                        {"LambdaConfig", {{"CustomEmailSender", SenderOf("mail")}}}};
  EXPECT_THAT(pools_.Refusal("CreateUserPool", without),
              HasSubstr("InvalidParameterException: KMSKeyID is required"));
  Json update = without;
  update["UserPoolId"] = pools_.pool_id;
  EXPECT_THAT(pools_.Refusal("UpdateUserPool", update), HasSubstr("KMSKeyID is required"));
  // As LambdaVersion is, and a key by its id alone is no ARN.
  EXPECT_THAT(pools_.Refusal("CreateUserPool",
                             {{"PoolName", "x"},
                              {"LambdaConfig",
                               {{"CustomEmailSender", {{"LambdaArn", SenderOf("m")["LambdaArn"]}}},
                                {"KMSKeyID", kKey}}}}),
              HasSubstr("lambdaVersion"));
  EXPECT_THAT(
      pools_.Refusal(
          "CreateUserPool",
          {{"PoolName", "x"},
           {"LambdaConfig", {{"CustomEmailSender", SenderOf("mail")}, {"KMSKeyID", "1234abcd"}}}}),
      HasSubstr("InvalidParameterException"));
}

}  // namespace
}  // namespace offstage::cognito::test
