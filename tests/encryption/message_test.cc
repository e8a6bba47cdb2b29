#include "encryption/message.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "encryption/message_reader.h"

namespace offstage::encryption::test {
namespace {

const std::string kDataKey = "0123456789abcdef0123456789abcdef";

// A data key provider that remembers which context it was asked for.
MakeDataKey Provider(Context* asked = nullptr) {
  return [asked](const Context& context) -> Result<DataKey> {
    if (asked != nullptr) *asked = context;
    return DataKey{.plaintext = kDataKey,
                   .ciphertext = "wrapped",
                   .provider = "aws-kms",
                   .provider_info = "arn:aws:kms:us-east-1:123456789012:key/k"};
  };
}

TEST(Message, IsReadByWhatKnowsTheFormat) {
  Context asked;
  const auto message = EncryptMessage("123456", {{"userpool-id", "us-east-1_a"}}, Provider(&asked));
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(ReadMessage(*message, kDataKey), "123456");
  const auto header = ReadHeader(*message);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->context, asked);
  EXPECT_EQ(header->context.at("userpool-id"), "us-east-1_a");
  EXPECT_EQ(header->provider, "aws-kms");
  EXPECT_EQ(header->provider_info, "arn:aws:kms:us-east-1:123456789012:key/k");
  EXPECT_EQ(header->encrypted_key, "wrapped");
}

// Recorded from Cognito: github.com/Yorlin2S/CustomEmailSenderWithLambdaTrigger, README.md.
TEST(Message, HasTheShapeOfTheServices) {
  const auto theirs = Base64Decode(
      "AYADeJsc8ABfz4We35yeVQUr6A8AgQACABVhd3MtY3J5cHRvLXB1YmxpYy1rZXkAREF1c29tTFBxVGJHZ3BKaHlJMGJV"
      "VFVIcGk3bEl4SmhMNVBMejExc043YmI0MzNLb1RVbWZYTzBMV3JZYzFsS1N6Zz09AAt1c2VycG9vbC1pZAATZXUtd2Vz"
      "dC0xX1VWY3d2WjFFOAABAAdhd3Mta21zAEthcm46YXdzOmttczpldS13ZXN0LTE6MjQ5NzU5Mzk4OTM0OmtleS84YTIz"
      "MTAyYy05YjY4LTRmZWQtODJjZS01MjNjNTM2MzUzOWUAuAECAQB4zjtU8csJUK3MLH8Y6WeSR/UlTZ5dBq+1YWcTwrPe"
      "eIUB/sLrtmrF6weu6juPsOHF/gAAAH4wfAYJKoZIhvcNAQcGoG8wbQIBADBoBgkqhkiG9w0BBwEwHgYJYIZIAWUDBAEu"
      "MBEEDGJqb9919luTGmPbEgIBEIA7wHTDUaKbPmKtg6QETi2TiVJK7tvfTZRP4VWFGxmB5/0lhcAiKTA7EGweo1/BTKTk"
      "0x4b3LiluzDd+yMCAAAAAAwAABAAAAAAAAAAAAAAAAAALZddEWiNl+OGHRMKbclmQf////8AAAABAAAAAAAAAAAAAAAB"
      "AAAABvMlKUZN7tCz953A13RxWz39z56LZ2QAZzBlAjAR+8fFCOlFWEm0hFajxMCD3C3Tuo76l0pJicv6yRw0hQbRHcoD"
      "+3RJcvxyX8cq1yMCMQDhZrrFr90sDr1NuKJew6oLDuBFZUz3pIXOe3hJb1/gi1bfN1t/EXAMPLE=");
  ASSERT_TRUE(theirs);
  const auto expected = ReadHeader(*theirs);
  ASSERT_TRUE(expected);
  const auto ours = EncryptMessage("123456", {{"userpool-id", "eu-west-1_UVcwvZ1E8"}}, Provider());
  ASSERT_TRUE(ours.ok());
  const auto header = ReadHeader(*ours);
  ASSERT_TRUE(header);
  ASSERT_EQ(header->context.size(), expected->context.size());
  for (const auto& [name, value] : expected->context) {
    ASSERT_TRUE(header->context.contains(name)) << name;
    EXPECT_EQ(header->context.at(name).size(), value.size());
  }
  EXPECT_EQ(header->provider, expected->provider);
  EXPECT_EQ(header->frame_length, expected->frame_length);
  EXPECT_EQ(header->nonce, expected->nonce);
  // One frame for six digits, and a signature of the same length (whose end was not published).
  constexpr std::size_t kFrame = 4 + 4 + 12 + 4 + 6 + 16;
  EXPECT_EQ(header->rest.substr(0, 24), expected->rest.substr(0, 24));
  EXPECT_EQ(header->rest.substr(kFrame, 2), expected->rest.substr(kFrame, 2));
  EXPECT_EQ(header->rest.size(), kFrame + 2 + 103);
}

TEST(Message, HasAsManyFramesAsTheTextNeeds) {
  for (const std::size_t length : {0U, 1U, 4095U, 4096U, 4097U, 8192U, 10000U}) {
    const std::string text(length, 'x');
    const auto message = EncryptMessage(text, {}, Provider());
    ASSERT_TRUE(message.ok());
    EXPECT_EQ(ReadMessage(*message, kDataKey), text) << length;
  }
}

TEST(Message, IsNotReadWhenAnythingWasChanged) {
  const auto message = EncryptMessage("123456", {{"a", "b"}}, Provider());
  ASSERT_TRUE(message.ok());
  for (std::size_t at = 0; at < message->size(); ++at) {
    std::string changed = *message;
    changed[at] ^= 1;
    EXPECT_EQ(ReadMessage(changed, kDataKey), std::nullopt) << at;
  }
}

TEST(Message, FailsAsItsKeyDoes) {
  const auto message = EncryptMessage(
      "123456", {}, [](const Context&) -> Result<DataKey> { return Fail(Error{"no such key"}); });
  ASSERT_FALSE(message.ok());
  EXPECT_EQ(message.error().message, "no such key");
}

}  // namespace
}  // namespace offstage::encryption::test
