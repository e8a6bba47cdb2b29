// Remembered devices: docs.aws.amazon.com/cognito/latest/developerguide/
// amazon-cognito-user-pools-device-tracking.html
#include <gtest/gtest.h>

#include "cognito/crypto/bytes.h"
#include "cognito/crypto/srp.h"
#include "cognito/fixture.h"

namespace offstage::cognito::test {
namespace {

std::string BytesOf(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

class Devices : public ::testing::Test {
 protected:
  void MakePool(const Json& device_configuration, Json members = Json::object()) {
    members["DeviceConfiguration"] = device_configuration;
    pools_.Make(members);
    pools_.AddUser("ada", {{{"Name", "phone_number"}, {"Value", "+15555550100"}}});
  }

  Json Request(const std::string& device_key) const {
    Json request = pools_.PasswordRequest("ada");
    if (!device_key.empty()) request["AuthParameters"]["DEVICE_KEY"] = device_key;
    return request;
  }

  Json ConfirmRequest(const Json& tokens) const {
    const Json& device = tokens["NewDeviceMetadata"];
    const PasswordVerifier secret =
        MakeVerifier(device["DeviceGroupKey"].get<std::string>(),
                     device["DeviceKey"].get<std::string>(), "the device's password");
    return {{"AccessToken", tokens["AccessToken"]},
            {"DeviceKey", device["DeviceKey"]},
            {"DeviceName", "laptop"},
            {"DeviceSecretVerifierConfig",
             {{"PasswordVerifier", Base64Encode(BytesOf(secret.verifier))},
              {"Salt", Base64Encode(BytesOf(secret.salt))}}}};
  }

  // Signs in without a device and confirms the one that is offered; its key.
  std::string Confirm() {
    const Json tokens = pools_.SignIn("ada");
    EXPECT_TRUE(tokens.contains("NewDeviceMetadata"));
    access_ = tokens["AccessToken"];
    pools_.Ok("ConfirmDevice", ConfirmRequest(tokens));
    return tokens["NewDeviceMetadata"]["DeviceKey"];
  }

  Json Answer(const Json& asked, Json responses) const {
    responses["USERNAME"] = "ada";
    return {{"ClientId", pools_.client_id},
            {"ChallengeName", asked["ChallengeName"]},
            {"Session", asked["Session"]},
            {"ChallengeResponses", std::move(responses)}};
  }

  Pools pools_;
  std::string access_;
};

TEST_F(Devices, AreOfferedOnlyByPoolsThatTrackThem) {
  Pools plain;
  plain.Make();
  plain.AddUser("ada");
  EXPECT_FALSE(plain.SignIn("ada").contains("NewDeviceMetadata"));
  MakePool({{"ChallengeRequiredOnNewDevice", false}});
  const Json tokens = pools_.SignIn("ada");
  EXPECT_EQ(Claims(tokens["AccessToken"])["device_key"], tokens["NewDeviceMetadata"]["DeviceKey"]);
  EXPECT_FALSE(Claims(tokens["IdToken"]).contains("device_key"));
}

TEST_F(Devices, AreConfirmedShownAndForgotten) {
  MakePool({{"DeviceOnlyRememberedOnUserPrompt", true}});
  const Json tokens = pools_.SignIn("ada");
  Json confirm = ConfirmRequest(tokens);
  EXPECT_EQ(pools_.Ok("ConfirmDevice", confirm)["UserConfirmationNecessary"], true);
  EXPECT_EQ(pools_.Refusal("ConfirmDevice", confirm),
            "DeviceKeyExistsException: Device already exists.");
  const Json key = confirm["DeviceKey"];
  confirm["DeviceKey"] = "us-east-1_00000000-0000-0000-0000-000000000000";
  EXPECT_EQ(pools_.Refusal("ConfirmDevice", confirm),
            "InvalidParameterException: Invalid device key given.");
  const Json own = {{"AccessToken", tokens["AccessToken"]}, {"DeviceKey", key}};
  const auto remembered = [&] {
    const Json device = pools_.Ok("GetDevice", own)["Device"];
    EXPECT_EQ(device["DeviceKey"], key);
    Json status;
    for (const Json& attribute : device["DeviceAttributes"]) {
      if (attribute["Name"] == "dev:device_remembered_status") status = attribute["Value"];
    }
    EXPECT_NE(std::find(device["DeviceAttributes"].begin(), device["DeviceAttributes"].end(),
                        Json{{"Name", "device_name"}, {"Value", "laptop"}}),
              device["DeviceAttributes"].end());
    return status;
  };
  EXPECT_EQ(remembered(), "not_remembered");
  Json update = own;
  update["DeviceRememberedStatus"] = "remembered";
  pools_.Ok("UpdateDeviceStatus", update);
  EXPECT_EQ(remembered(), "remembered");
  const Json by_admin = {{"UserPoolId", pools_.pool_id}, {"Username", "ada"}, {"DeviceKey", key}};
  EXPECT_EQ(pools_.Ok("AdminListDevices", by_admin)["Devices"].size(), 1U);
  pools_.Ok("AdminForgetDevice", by_admin);
  EXPECT_EQ(pools_.Ok("ListDevices", own)["Devices"], Json::array());
  EXPECT_EQ(pools_.Refusal("GetDevice", own), "ResourceNotFoundException: Device does not exist.");
  EXPECT_EQ(pools_.Refusal("InitiateAuth", Request(key)),
            "ResourceNotFoundException: Device does not exist.");
}

TEST_F(Devices, MustProveThemselves) {
  MakePool({{"ChallengeRequiredOnNewDevice", true}});
  const std::string key = Confirm();
  const Json asked = pools_.Ok("InitiateAuth", Request(key));
  EXPECT_EQ(asked["ChallengeName"], "DEVICE_SRP_AUTH");
  const Json proof =
      pools_.Ok("RespondToAuthChallenge", Answer(asked, {{"SRP_A", "abcd"}, {"DEVICE_KEY", key}}));
  EXPECT_EQ(proof["ChallengeName"], "DEVICE_PASSWORD_VERIFIER");
  EXPECT_EQ(pools_.Refusal("RespondToAuthChallenge",
                           Answer(proof, {{"PASSWORD_CLAIM_SECRET_BLOCK",
                                           proof["ChallengeParameters"]["SECRET_BLOCK"]},
                                          {"PASSWORD_CLAIM_SIGNATURE", "AAAA"},
                                          {"TIMESTAMP", "Wed Nov 25 12:00:00 UTC 2026"},
                                          {"DEVICE_KEY", key}})),
            "NotAuthorizedException: Incorrect username or password.");
}

TEST_F(Devices, ThatAreRememberedReplaceTheSecondFactorWhereThePoolSaysSo) {
  const Json mfa = {{"MfaConfiguration", "ON"},
                    {"SmsConfiguration", {{"SnsCallerArn", "arn:aws:iam::123456789012:role/sms"}}}};
  for (const bool replaces : {true, false}) {
    MakePool({{"ChallengeRequiredOnNewDevice", replaces}}, mfa);
    const Json code = pools_.Ok("InitiateAuth", Request(""));
    ASSERT_EQ(code["ChallengeName"], "SMS_MFA");
    const Json tokens = pools_.Ok(
        "RespondToAuthChallenge",
        Answer(code, {{"SMS_MFA_CODE", pools_.messages.back().code}}))["AuthenticationResult"];
    pools_.Ok("ConfirmDevice", ConfirmRequest(tokens));
    const std::string key = tokens["NewDeviceMetadata"]["DeviceKey"];
    EXPECT_EQ(pools_.Ok("InitiateAuth", Request(key))["ChallengeName"],
              replaces ? "DEVICE_SRP_AUTH" : "SMS_MFA");
  }
}

TEST_F(Devices, RefreshOnlyWithTheirKeyOnceConfirmed) {
  MakePool({{"ChallengeRequiredOnNewDevice", false}});
  const Json tokens = pools_.SignIn("ada");
  Json refresh = {{"ClientId", pools_.client_id},
                  {"AuthFlow", "REFRESH_TOKEN_AUTH"},
                  {"AuthParameters", {{"REFRESH_TOKEN", tokens["RefreshToken"]}}}};
  EXPECT_EQ(pools_.Refusal("InitiateAuth", refresh), "");
  pools_.Ok("ConfirmDevice", ConfirmRequest(tokens));
  EXPECT_EQ(pools_.Refusal("InitiateAuth", refresh),
            "NotAuthorizedException: Invalid Refresh Token");
  refresh["AuthParameters"]["DEVICE_KEY"] = tokens["NewDeviceMetadata"]["DeviceKey"];
  const Json again = pools_.Ok("InitiateAuth", refresh)["AuthenticationResult"];
  EXPECT_EQ(Claims(again["AccessToken"])["device_key"], tokens["NewDeviceMetadata"]["DeviceKey"]);
}

}  // namespace
}  // namespace offstage::cognito::test
