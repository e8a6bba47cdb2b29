// docs.aws.amazon.com/cognito/latest/developerguide/authentication.html (lockout behavior)
#include "cognito/attempts.h"

#include <gtest/gtest.h>

#include "cognito/fixture.h"

namespace offstage::cognito::test {
namespace {

constexpr char kWrong[] = "NotAuthorizedException: Incorrect username or password.";
constexpr char kLocked[] = "NotAuthorizedException: Password attempts exceeded";

TEST(Attempts, LockOutForTwiceAsLongEachTime) {
  Attempts attempts;
  for (int i = 0; i < 4; ++i)
    attempts.Fail("ada", 1000);
  EXPECT_FALSE(attempts.IsLockedOut("ada", 1000));
  std::int64_t now = 1000;
  for (const std::int64_t seconds : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}) {
    attempts.Fail("ada", now);
    EXPECT_TRUE(attempts.IsLockedOut("ada", now + seconds - 1)) << seconds;
    // The attempt before keeps the count from being forgiven.
    EXPECT_FALSE(attempts.IsLockedOut("ada", now + seconds)) << seconds;
    now += seconds;
  }
  EXPECT_FALSE(attempts.IsLockedOut("bo", now));
}

TEST(Attempts, AreForgivenAfterAQuarterOfAnHour) {
  Attempts attempts;
  for (int i = 0; i < 6; ++i)
    attempts.Fail("ada", 1000);
  EXPECT_FALSE(attempts.IsLockedOut("ada", 1000 + 900));
  for (int i = 0; i < 4; ++i)
    attempts.Fail("ada", 2000);
  EXPECT_FALSE(attempts.IsLockedOut("ada", 2000));
}

TEST(Attempts, AreForgottenWhenTheClockGoesBack) {
  Attempts attempts;
  for (int i = 0; i < 12; ++i)
    attempts.Fail("ada", 90000);
  EXPECT_TRUE(attempts.IsLockedOut("ada", 90000));
  EXPECT_FALSE(attempts.IsLockedOut("ada", 1000));
  EXPECT_TRUE(attempts.Take("ada", "ChangePassword", 1, 90000));
  EXPECT_TRUE(attempts.Take("ada", "ChangePassword", 1, 1000));
  EXPECT_FALSE(attempts.Take("ada", "ChangePassword", 1, 1000));
}

TEST(WrongPasswords, LockTheUserOutWhateverThePassword) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada");
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("ada", "wrong")), kWrong);
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("ada")), kLocked);
  pools.clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("ada")), "");
  // A sign-in starts the count anew.
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("ada", "wrong")), kWrong);
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("ada")), "");
}

TEST(WrongPasswords, AreForgottenWithTheStateThatTheyWereSaidTo) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada");
  auto saved = pools.service->Save();
  ASSERT_TRUE(saved.ok());
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("ada", "wrong")), kWrong);
  ASSERT_TRUE(pools.service->Restore(**saved).ok());
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("ada")), "");
}

TEST(WrongMfaCodes, CountAsWrongPasswordsDo) {
  Pools pools;
  pools.Make({{"MfaConfiguration", "ON"},
              {"SmsConfiguration", {{"SnsCallerArn", "arn:aws:iam::123456789012:role/sms"}}}});
  pools.AddUser("ada", {{{"Name", "phone_number"}, {"Value", "+15555550100"}}});
  const Json asked = pools.Ok("InitiateAuth", pools.PasswordRequest("ada"));
  const Json answer = {{"ClientId", pools.client_id},
                       {"ChallengeName", "SMS_MFA"},
                       {"Session", asked["Session"]},
                       {"ChallengeResponses", {{"USERNAME", "ada"}, {"SMS_MFA_CODE", "wrong"}}}};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(pools.Refusal("RespondToAuthChallenge", answer),
              "CodeMismatchException: Invalid code or auth state for the user.");
  }
  EXPECT_EQ(pools.Refusal("RespondToAuthChallenge", answer), kLocked);
}

TEST(Codes, AreSentAndEnteredSoOftenAnHour) {
  const std::string limit =
      "LimitExceededException: Attempt limit exceeded, please try after some time.";
  Pools pools;
  pools.Make({{"AutoVerifiedAttributes", Json::array({"email"})}});
  const Json who = {{"ClientId", pools.client_id}, {"Username", "ada"}};
  Json sign_up = who;
  sign_up["Password"] = "Passw0rd!";
  sign_up["UserAttributes"] = {{{"Name", "email"}, {"Value", "ada@example.com"}}};
  pools.Ok("SignUp", sign_up);
  for (int i = 0; i < 5; ++i)
    pools.Ok("ResendConfirmationCode", who);
  EXPECT_EQ(pools.Refusal("ResendConfirmationCode", who), limit);
  Json confirm = who;
  confirm["ConfirmationCode"] = "000000x";
  for (int i = 0; i < 15; ++i)
    EXPECT_TRUE(pools.Refusal("ConfirmSignUp", confirm).starts_with("CodeMismatchException"));
  confirm["ConfirmationCode"] = pools.messages.back().code;
  EXPECT_EQ(pools.Refusal("ConfirmSignUp", confirm), limit);
  pools.clock.Advance(std::chrono::hours(1));
  EXPECT_EQ(pools.Refusal("ConfirmSignUp", confirm), "");

  for (int i = 0; i < 10; ++i)
    pools.Ok("ForgotPassword", who);
  EXPECT_EQ(pools.Refusal("ForgotPassword", who), limit);
  Json reset = who;
  reset["Password"] = "Another1!";
  reset["ConfirmationCode"] = "000000x";
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(pools.Refusal("ConfirmForgotPassword", reset).starts_with("CodeMismatch"));
  EXPECT_EQ(pools.Refusal("ConfirmForgotPassword", reset), limit);
}

}  // namespace
}  // namespace offstage::cognito::test
