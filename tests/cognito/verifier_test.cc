// What the gateway's authorizers may be offered, and must refuse.
#include "cognito/verifier.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/fixture.h"

namespace offstage::cognito::test {
namespace {

class TokenVerification : public ::testing::Test {
 protected:
  TokenVerification() {
    pools_.Make();
    pools_.AddUser("ada");
    token_ = pools_.SignIn("ada")["IdToken"];
  }

  TokenFault Verify(const std::string& token) {
    return pools_.service->verifier().Verify(token, {pools_.pool_id}).fault;
  }

  // The token with another header or payload, and its own signature.
  std::string With(const Json& header, const Json& claims) const {
    return Base64UrlEncode(DumpJson(header)) + "." + Base64UrlEncode(DumpJson(claims)) + "." +
           std::string(Split(token_, '.')[2]);
  }

  Pools pools_;
  std::string token_;
};

TEST_F(TokenVerification, TakesItsPoolsTokenByIdAndByAddress) {
  const TokenCheck check = pools_.service->verifier().Verify(token_, {pools_.pool_id});
  EXPECT_EQ(check.fault, TokenFault::kNone);
  EXPECT_EQ(check.claims["cognito:username"], "ada");
  const std::string issuer = "https://cognito-idp.us-east-1.amazonaws.com/" + pools_.pool_id;
  EXPECT_EQ(pools_.service->verifier().Verify(token_, {issuer}).fault, TokenFault::kNone);
  EXPECT_TRUE(pools_.service->verifier().IsKnownIssuer(issuer));
  EXPECT_FALSE(pools_.service->verifier().IsKnownIssuer("https://evil.example/" + pools_.pool_id));
}

TEST_F(TokenVerification, RefusesAlgNone) {
  Json header = Header(token_);
  for (const char* algorithm : {"none", "None", "NONE", ""}) {
    header["alg"] = algorithm;
    EXPECT_EQ(Verify(With(header, Claims(token_))), TokenFault::kAlgorithm) << algorithm;
    const std::string token = With(header, Claims(token_));
    EXPECT_NE(Verify(token.substr(0, token.rfind('.') + 1)), TokenFault::kNone) << algorithm;
  }
}

TEST_F(TokenVerification, RefusesHs256WithThePublicKeyAsSecret) {
  const http::Reply keys = pools_.Get("/" + pools_.pool_id + "/.well-known/jwks.json");
  const Json jwk = (*ParseJson(keys.body))["keys"][0];
  const Json header = {{"alg", "HS256"}, {"kid", jwk["kid"]}};
  const std::string signed_part =
      Base64UrlEncode(DumpJson(header)) + "." + std::string(Split(token_, '.')[1]);
  for (const std::string& secret :
       {jwk["n"].get<std::string>(), *Base64UrlDecode(jwk["n"].get<std::string>())}) {
    EXPECT_EQ(Verify(signed_part + "." + Base64UrlEncode(HmacSha256(secret, signed_part))),
              TokenFault::kAlgorithm);
  }
}

TEST_F(TokenVerification, RefusesAnotherPoolsToken) {
  const std::string first = pools_.pool_id;
  pools_.Make();
  pools_.AddUser("eve");
  const std::string other = pools_.SignIn("eve")["IdToken"];
  EXPECT_EQ(pools_.service->verifier().Verify(other, {first}).fault, TokenFault::kIssuer);
  EXPECT_EQ(pools_.service->verifier().Verify(token_, {pools_.pool_id}).fault, TokenFault::kIssuer);
  // The other pool's signature under this pool's name.
  Json claims = Claims(other);
  claims["iss"] = "https://cognito-idp.us-east-1.amazonaws.com/" + first;
  const std::string renamed = Base64UrlEncode(DumpJson(Header(other))) + "." +
                              Base64UrlEncode(DumpJson(claims)) + "." +
                              std::string(Split(other, '.')[2]);
  EXPECT_EQ(pools_.service->verifier().Verify(renamed, {first}).fault, TokenFault::kKey);
}

TEST_F(TokenVerification, RefusesWhatWasTamperedWith) {
  Json claims = Claims(token_);
  claims["cognito:groups"] = {"admins"};
  EXPECT_EQ(Verify(With(Header(token_), claims)), TokenFault::kSignature);
  claims = Claims(token_);
  claims["exp"] = 9999999999;
  EXPECT_EQ(Verify(With(Header(token_), claims)), TokenFault::kSignature);
  // Keys that the token itself brings along are not looked at.
  Json header = Header(token_);
  header["jwk"] = {{"kty", "RSA"}, {"n", "AQAB"}, {"e", "AQAB"}};
  header["jku"] = "http://127.0.0.1/keys";
  EXPECT_EQ(Verify(With(header, Claims(token_))), TokenFault::kSignature);
  header = Header(token_);
  header["kid"] = "other";
  EXPECT_EQ(Verify(With(header, Claims(token_))), TokenFault::kKey);
}

TEST_F(TokenVerification, RefusesTokensOutsideTheirTime) {
  pools_.clock.Advance(std::chrono::seconds(3599));
  EXPECT_EQ(Verify(token_), TokenFault::kNone);
  pools_.clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(Verify(token_), TokenFault::kExpired);
  pools_.clock.Advance(std::chrono::hours(-2));
  EXPECT_EQ(Verify(token_), TokenFault::kNotYetValid);
}

TEST_F(TokenVerification, RefusesWhatIsNoToken) {
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("a.b.c"), token_ + ".x",
        token_ + "=", std::string(100000, 'a'), "Bearer " + token_,
        "W10." + Base64UrlEncode("{}") + ".AA"}) {
    EXPECT_NE(Verify(text), TokenFault::kNone) << text.substr(0, 40);
  }
}

TEST_F(TokenVerification, RefusesTheFlawedTokensOfTheTokenCommand) {
  using Flaw = TokenOrder::Flaw;
  const auto make = [this](Flaw flaw) {
    return pools_.service->MakeToken({.user = "ada", .flaw = flaw})->token;
  };
  EXPECT_EQ(Verify(make(Flaw::kNone)), TokenFault::kNone);
  EXPECT_EQ(Verify(make(Flaw::kExpired)), TokenFault::kExpired);
  EXPECT_EQ(Verify(make(Flaw::kWrongIssuer)), TokenFault::kIssuer);
  EXPECT_EQ(Verify(make(Flaw::kWrongSignature)), TokenFault::kSignature);
}

}  // namespace
}  // namespace offstage::cognito::test
