#include <gtest/gtest.h>

#include "cognito/crypto/bytes.h"
#include "cognito/crypto/rsa_key.h"
#include "cognito/crypto/srp.h"
#include "cognito/crypto/totp.h"

namespace offstage::cognito {
namespace {

TEST(Totp, MakesTheCodesOfRfc6238) {
  // Appendix B, SHA-1: the key is "12345678901234567890"; the last six of its eight digits.
  const std::string key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  EXPECT_EQ(TotpCode(key, 59 / 30), "287082");
  EXPECT_EQ(TotpCode(key, 1111111109 / 30), "081804");
  EXPECT_EQ(TotpCode(key, 20000000000 / 30), "353130");
}

TEST(Totp, TakesTheStepBeforeAndAfterOnly) {
  const std::string secret = NewTotpSecret();
  for (const int offset : {-1, 0, 1})
    EXPECT_EQ(MatchTotp(secret, TotpCode(secret, 100 + offset), 3000), 100 + offset);
  EXPECT_FALSE(MatchTotp(secret, TotpCode(secret, 103), 3000).has_value());
  EXPECT_FALSE(MatchTotp("not base32!", "000000", 3000).has_value());
}

TEST(Srp, KeepsNoPasswordAndKnowsTheRightOne) {
  const PasswordVerifier verifier = MakeVerifier("abcdefghi", "ada", "Passw0rd!");
  EXPECT_TRUE(CheckPassword(verifier, "abcdefghi", "ada", "Passw0rd!"));
  EXPECT_FALSE(CheckPassword(verifier, "abcdefghi", "ada", "passw0rd!"));
  EXPECT_FALSE(CheckPassword(verifier, "abcdefghi", "eve", "Passw0rd!"));
  EXPECT_FALSE(CheckPassword({}, "abcdefghi", "ada", ""));
  EXPECT_NE(MakeVerifier("abcdefghi", "ada", "Passw0rd!").verifier, verifier.verifier);
}

TEST(Srp, RefusesNumbersThatWouldMakeTheKeyKnown) {
  const PasswordVerifier verifier = MakeVerifier("abcdefghi", "ada", "Passw0rd!");
  const SrpServer server = StartSrp(verifier);
  // RFC 5054's N and its multiples: A mod N is zero, so S would be zero whatever the password.
  const std::string n =
      "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E34"
      "04DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6"
      "F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A6916"
      "3FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C"
      "32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA95"
      "6AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA7157"
      "5D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D876"
      "02733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E"
      "4B82D120A93AD2CAFFFFFFFFFFFFFFFF";
  for (const std::string& a : {std::string("0"), std::string("00"), n, n + "0", std::string("xyz"),
                               std::string(), std::string(2000, 'a')}) {
    EXPECT_FALSE(SrpSessionKey(verifier, server, a).has_value()) << a;
  }
  EXPECT_TRUE(SrpSessionKey(verifier, server, "abcdef").has_value());
}

TEST(RsaKey, SurvivesItsPemAndRefusesWhatItDidNotSign) {
  const auto key = RsaKey::Generate();
  const auto again = RsaKey::FromPem(key->ToPem());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)->key_id(), key->key_id());
  const std::string signature = key->Sign("text");
  EXPECT_TRUE((*again)->Verify("text", signature));
  EXPECT_FALSE((*again)->Verify("test", signature));
  EXPECT_FALSE((*again)->Verify("text", ""));
  EXPECT_FALSE(RsaKey::Generate()->Verify("text", signature));
  EXPECT_FALSE(RsaKey::FromPem("nonsense").ok());
}

TEST(Base64Url, IsStrict) {
  EXPECT_EQ(Base64UrlEncode("\xff\xfe"), "__4");
  EXPECT_EQ(Base64UrlDecode("__4"), "\xff\xfe");
  for (const char* bad : {"__4=", "//4", "a", "a b"})
    EXPECT_FALSE(Base64UrlDecode(bad).has_value()) << bad;
}

}  // namespace
}  // namespace offstage::cognito
