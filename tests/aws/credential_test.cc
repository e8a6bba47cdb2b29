#include "aws/credential.h"

#include <gtest/gtest.h>

namespace offstage::aws {
namespace {

http::Request Signed(const std::string& authorization) {
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.headers.Add("Authorization", authorization);
  return request;
}

TEST(ReadCredential, ReadsTheScope) {
  const auto credential = ReadCredential(
      Signed("AWS4-HMAC-SHA256 Credential=AKID/with/20261125/eu-west-1/dynamodb/aws4_request, "
             "SignedHeaders=host, Signature=0"));
  ASSERT_TRUE(credential.ok() && credential->has_value());
  EXPECT_EQ((*credential)->access_key_id, "AKID/with");
  EXPECT_EQ((*credential)->region, "eu-west-1");
  EXPECT_EQ((*credential)->service, "dynamodb");
}

TEST(ReadCredential, AnUnsignedRequestHasNone) {
  http::Request request;
  request.target = "/";
  EXPECT_FALSE(ReadCredential(request)->has_value());
}

TEST(ReadCredential, ReadsPresignedQueries) {
  http::Request request;
  request.target = "/?a=b&X-Amz-Credential=AK%2F20261125%2Fus-east-1%2Flambda%2Faws4_request";
  EXPECT_EQ((*ReadCredential(request))->service, "lambda");
}

TEST(ReadCredential, RefusesMalformedHeaders) {
  for (const char* bad :
       {"AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=AKID, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=A/20261125/r/s/aws4_request, SignedHeaders=host", "Bearer x",
        ""}) {
    EXPECT_FALSE(ReadCredential(Signed(bad)).ok()) << bad;
  }
}

}  // namespace
}  // namespace offstage::aws
