#include "aws/signature.h"

#include <gtest/gtest.h>

namespace offstage::aws {
namespace {

http::Request GetItem() {
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.headers = {{"Host", "127.0.0.1:8000"},
                     {"Content-Type", "application/x-amz-json-1.0"},
                     {"X-Amz-Target", "DynamoDB_20120810.GetItem"},
                     {"Accept-Encoding", "identity"}};
  request.body = R"({"TableName":"users","Key":{"id":{"S":"é"}}})";
  return request;
}

const TimePoint kNoon = std::chrono::system_clock::from_time_t(1795608000);  // 2026-11-25T12:00:00Z
constexpr char kKey[] = "AKIDEXAMPLE";
constexpr char kSecret[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

// Expected signatures are botocore's for the same request.
TEST(Sign, IsWhatAnSdkSigns) {
  http::Request request = GetItem();
  Sign(request, {.access_key_id = kKey, .secret_access_key = kSecret, .session_token = {}},
       "eu-west-1", "dynamodb", kNoon);
  EXPECT_EQ(request.headers.Get("X-Amz-Date"), "20261125T120000Z");
  EXPECT_EQ(request.headers.Get("Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261125/eu-west-1/dynamodb/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
            "Signature=5f994c6c2ece62b9162603459e32d02dc38112c9fb1f20a4ec2eac09715fbc62");
}

TEST(Sign, TemporaryCredentialsSendTheirToken) {
  http::Request request = GetItem();
  Sign(request,
       {.access_key_id = kKey, .secret_access_key = kSecret, .session_token = "SESSION/token=="},
       "eu-west-1", "dynamodb", kNoon);
  EXPECT_EQ(request.headers.Get("X-Amz-Security-Token"), "SESSION/token==");
  EXPECT_EQ(request.headers.Get("Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261125/eu-west-1/dynamodb/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
            "Signature=a1c123194b00d1be40a27dd3b84d2e05e8091e4a64aa9b3d9c100b2752e4b741");
}

}  // namespace
}  // namespace offstage::aws
