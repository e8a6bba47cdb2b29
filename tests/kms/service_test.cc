#include "kms/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "kms/ciphertext.h"
#include "support/temp_dir.h"

namespace offstage::kms {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kId = "1234abcd-12ab-34cd-56ef-1234567890ab";
constexpr const char* kArn =
    "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

class KmsTest : public testing::Test {
 protected:
  KmsTest() : service_(Open(":memory:")) {
    EXPECT_TRUE(service_->EnsureKey({.id = kId, .description = "of the template"}).ok());
    EXPECT_TRUE(service_->EnsureAlias("alias/app", kId).ok());
  }
  std::unique_ptr<Service> Open(const std::string& file) {
    auto made = Service::Create({.database_file = file,
                                 .region = "eu-west-1",
                                 .account_id = "123456789012",
                                 .clock = &clock_,
                                 .ids = &ids_,
                                 .log = &log_});
    EXPECT_TRUE(made.ok());
    return std::move(made).value();
  }
  Json Ask(std::string_view operation, const Json& request) {
    auto reply = service_->Run(operation, DumpJson(request));
    EXPECT_TRUE(reply.ok()) << (reply.ok() ? "" : reply.error().type + reply.error().message);
    return reply.ok() && !reply->empty() ? *ParseJson(*reply) : Json();
  }
  // "Type: message".
  std::string Refusal(std::string_view operation, const Json& request) {
    const auto reply = service_->Run(operation, DumpJson(request));
    return reply.ok() ? "it answered " + *reply : reply.error().type + ": " + reply.error().message;
  }
  std::string Encrypted(const std::string& text, const Json& context = Json::object()) {
    return Ask("Encrypt", {{"KeyId", kId},
                           {"Plaintext", Base64Encode(text)},
                           {"EncryptionContext", context}})["CiphertextBlob"];
  }

  ManualClock clock_{TimePoint(std::chrono::seconds(1'795'608'000))};
  SeededIds ids_{7};
  MemoryLog log_;
  std::unique_ptr<Service> service_;
};

TEST_F(KmsTest, DecryptsWhatItEncrypted) {
  const Json made = Ask("Encrypt", {{"KeyId", "alias/app"}, {"Plaintext", Base64Encode("secret")}});
  EXPECT_EQ(made["KeyId"], kArn);
  EXPECT_EQ(made["EncryptionAlgorithm"], "SYMMETRIC_DEFAULT");
  EXPECT_THAT(made["CiphertextBlob"].get<std::string>(), testing::StartsWith("AQICAH"));
  const Json read = Ask("Decrypt", {{"CiphertextBlob", made["CiphertextBlob"]}});
  EXPECT_EQ(read["Plaintext"], Base64Encode("secret"));
  EXPECT_EQ(read["KeyId"], kArn);
  EXPECT_EQ(read["EncryptionAlgorithm"], "SYMMETRIC_DEFAULT");
  // Twice the same text is not twice the same ciphertext.
  EXPECT_NE(Encrypted("secret"), Encrypted("secret"));
}

TEST_F(KmsTest, TheContextMustBeTheSame) {
  const std::string blob = Encrypted("secret", {{"user", "ada"}, {"app", "1"}});
  const auto with = [&](const Json& context) {
    return Json{{"CiphertextBlob", blob}, {"EncryptionContext", context}};
  };
  EXPECT_EQ(Ask("Decrypt", with({{"app", "1"}, {"user", "ada"}}))["Plaintext"],
            Base64Encode("secret"));
  for (const Json& other :
       {Json::object(), Json{{"user", "ada"}}, Json{{"user", "bo"}, {"app", "1"}},
        Json{{"user", "ada"}, {"app", "1"}, {"more", ""}},
        // The same letters in other places.
        Json{{"usera", "da"}, {"app", "1"}}}) {
    EXPECT_EQ(Refusal("Decrypt", with(other)), "InvalidCiphertextException: ");
  }
}

TEST_F(KmsTest, HostileCiphertextsAreRefused) {
  const std::string blob = *Base64Decode(Encrypted("secret"));
  const auto refusal = [this](const std::string& bytes) {
    return Refusal("Decrypt", {{"CiphertextBlob", Base64Encode(bytes)}});
  };
  for (std::size_t at = 0; at < blob.size(); ++at) {
    std::string changed = blob;
    changed[at] ^= 0x40;
    EXPECT_EQ(refusal(changed), "InvalidCiphertextException: ") << at;
  }
  for (std::size_t length = 1; length < blob.size(); ++length)
    EXPECT_EQ(refusal(blob.substr(0, length)), "InvalidCiphertextException: ") << length;
  EXPECT_EQ(refusal(blob + "x"), "InvalidCiphertextException: ");
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::string noise(1 + random() % 300, '\0');
    for (char& c : noise)
      c = static_cast<char>(random());
    // Half of them with the right beginning.
    if (round % 2 == 0) noise.replace(0, 37, blob.substr(0, 37));
    EXPECT_EQ(refusal(noise), "InvalidCiphertextException: ");
  }
  EXPECT_EQ(refusal(""),
            "ValidationException: 1 validation error detected: Value at 'ciphertextBlob' failed to "
            "satisfy constraint: Member must have length greater than or equal to 1");
  EXPECT_THAT(refusal(std::string(6145, 'x')), HasSubstr("less than or equal to 6144"));
  EXPECT_EQ(Refusal("Decrypt", {{"CiphertextBlob", "no base64"}}), "SerializationException: ");
  EXPECT_EQ(Refusal("Decrypt", {{"CiphertextBlob", 5}}), "SerializationException: ");
}

TEST_F(KmsTest, GivesDataKeys) {
  const Json context = {{"a", "b"}};
  const Json made = Ask("GenerateDataKey",
                        {{"KeyId", kArn}, {"KeySpec", "AES_256"}, {"EncryptionContext", context}});
  EXPECT_EQ(Base64Decode(made["Plaintext"].get<std::string>())->size(), 32U);
  const Json read =
      Ask("Decrypt", {{"CiphertextBlob", made["CiphertextBlob"]}, {"EncryptionContext", context}});
  EXPECT_EQ(read["Plaintext"], made["Plaintext"]);
  const Json bare = Ask("GenerateDataKeyWithoutPlaintext", {{"KeyId", kId}, {"NumberOfBytes", 20}});
  EXPECT_FALSE(bare.contains("Plaintext"));
  const std::string key = Ask("Decrypt", {{"CiphertextBlob", bare["CiphertextBlob"]}})["Plaintext"];
  EXPECT_EQ(Base64Decode(key)->size(), 20U);
  for (const Json& request :
       {Json{{"KeyId", kId}}, Json{{"KeyId", kId}, {"KeySpec", "AES_128"}, {"NumberOfBytes", 3}}}) {
    EXPECT_EQ(Refusal("GenerateDataKey", request),
              "ValidationException: Please specify either number of bytes or key spec.");
  }
  EXPECT_THAT(Refusal("GenerateDataKey", {{"KeyId", kId}, {"KeySpec", "AES_257"}}),
              HasSubstr("Value 'AES_257' at 'keySpec' failed to satisfy constraint: Member must "
                        "satisfy enum value set: [AES_256, AES_128]"));
  EXPECT_THAT(Refusal("GenerateDataKey", {{"KeyId", kId}, {"NumberOfBytes", 1025}}),
              HasSubstr("Member must have value less than or equal to 1024"));
}

TEST_F(KmsTest, EncryptsAnewForAnotherKey) {
  const Json other = Ask("CreateKey", {{"Description", "other"}})["KeyMetadata"];
  const std::string blob = Encrypted("secret", {{"a", "b"}});
  const Json made = Ask("ReEncrypt", {{"CiphertextBlob", blob},
                                      {"SourceEncryptionContext", {{"a", "b"}}},
                                      {"DestinationKeyId", other["KeyId"]}});
  EXPECT_EQ(made["SourceKeyId"], kArn);
  EXPECT_EQ(made["KeyId"], other["Arn"]);
  EXPECT_EQ(Ask("Decrypt", {{"CiphertextBlob", made["CiphertextBlob"]}})["Plaintext"],
            Base64Encode("secret"));
  EXPECT_EQ(Refusal("Decrypt", {{"CiphertextBlob", made["CiphertextBlob"]}, {"KeyId", kId}}),
            "IncorrectKeyException: The key ID in the request does not identify a CMK that can "
            "perform this operation.");
}

TEST_F(KmsTest, DescribesKeys) {
  EXPECT_EQ(Ask("DescribeKey", {{"KeyId", kId}})["KeyMetadata"],
            Json({{"AWSAccountId", "123456789012"},
                  {"Arn", kArn},
                  {"CreationDate", 1'795'608'000.0},
                  {"CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"},
                  {"Description", "of the template"},
                  {"Enabled", true},
                  {"EncryptionAlgorithms", {"SYMMETRIC_DEFAULT"}},
                  {"KeyId", kId},
                  {"KeyManager", "CUSTOMER"},
                  {"KeySpec", "SYMMETRIC_DEFAULT"},
                  {"KeyState", "Enabled"},
                  {"KeyUsage", "ENCRYPT_DECRYPT"},
                  {"MultiRegion", false},
                  {"Origin", "AWS_KMS"}}));
  for (const char* name : {kArn, "alias/app", "arn:aws:kms:eu-west-1:123456789012:alias/app"})
    EXPECT_EQ(Ask("DescribeKey", {{"KeyId", name}})["KeyMetadata"]["KeyId"], kId);
}

TEST_F(KmsTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(Refusal("DescribeKey", {{"KeyId", "00000000-12ab-34cd-56ef-1234567890ab"}}),
            "NotFoundException: Key 'arn:aws:kms:eu-west-1:123456789012:key/"
            "00000000-12ab-34cd-56ef-1234567890ab' does not exist");
  EXPECT_EQ(Refusal("DescribeKey", {{"KeyId", "alias/none"}}),
            "NotFoundException: Alias arn:aws:kms:eu-west-1:123456789012:alias/none is not found.");
  for (const char* name : {"some", "arn:aws:s3:::bucket", "arn:aws:kms:eu-west-1:1:key/",
                           "arn:aws:kms:::key/x", "arn:", "1234abcd-12ab-34cd-56ef-1234567890aX"}) {
    EXPECT_EQ(Refusal("DescribeKey", {{"KeyId", name}}),
              "NotFoundException: Invalid keyId '" + std::string(name) + "'");
  }
  EXPECT_THAT(Refusal("DescribeKey", Json::object()),
              HasSubstr("Value null at 'keyId' failed to satisfy constraint: Member must not be"));
}

TEST_F(KmsTest, DisabledAndDeletedKeysDoNothing) {
  const std::string blob = Encrypted("secret");
  const Json encrypt = {{"KeyId", kId}, {"Plaintext", Base64Encode("x")}};
  Ask("DisableKey", {{"KeyId", kId}});
  for (const std::string& refusal :
       {Refusal("Encrypt", encrypt), Refusal("Decrypt", {{"CiphertextBlob", blob}})})
    EXPECT_EQ(refusal, "DisabledException: " + std::string(kArn) + " is disabled.");
  Ask("EnableKey", {{"KeyId", kId}});
  const Json scheduled = Ask("ScheduleKeyDeletion", {{"KeyId", kId}, {"PendingWindowInDays", 7}});
  EXPECT_EQ(scheduled["KeyState"], "PendingDeletion");
  EXPECT_EQ(scheduled["DeletionDate"], 1'795'608'000.0 + 7 * 86400);
  EXPECT_EQ(Refusal("Decrypt", {{"CiphertextBlob", blob}}),
            "KMSInvalidStateException: " + std::string(kArn) + " is pending deletion.");
  Ask("CancelKeyDeletion", {{"KeyId", kId}});
  EXPECT_EQ(Ask("DescribeKey", {{"KeyId", kId}})["KeyMetadata"]["KeyState"], "Disabled");
  Ask("EnableKey", {{"KeyId", kId}});
  EXPECT_EQ(Ask("Decrypt", {{"CiphertextBlob", blob}})["Plaintext"], Base64Encode("secret"));
  Ask("ScheduleKeyDeletion", {{"KeyId", kId}, {"PendingWindowInDays", 7}});
  clock_.Advance(std::chrono::hours(7 * 24));
  EXPECT_EQ(Refusal("Decrypt", {{"CiphertextBlob", blob}}), "InvalidCiphertextException: ");
  EXPECT_THAT(Refusal("DescribeKey", {{"KeyId", "alias/app"}}), HasSubstr("is not found."));
}

TEST_F(KmsTest, AliasesComeAndGo) {
  const Json other = Ask("CreateKey", Json::object())["KeyMetadata"];
  EXPECT_EQ(Refusal("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", kId}}),
            "AlreadyExistsException: An alias with the name "
            "arn:aws:kms:eu-west-1:123456789012:alias/app already exists");
  Ask("UpdateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", other["Arn"]}});
  EXPECT_EQ(Ask("DescribeKey", {{"KeyId", "alias/app"}})["KeyMetadata"]["Arn"], other["Arn"]);
  Ask("CreateAlias", {{"AliasName", "alias/second"}, {"TargetKeyId", kId}});
  const Json listed = Ask("ListAliases", {{"KeyId", kId}})["Aliases"];
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["AliasName"], "alias/second");
  EXPECT_EQ(listed[0]["AliasArn"], "arn:aws:kms:eu-west-1:123456789012:alias/second");
  EXPECT_EQ(listed[0]["TargetKeyId"], kId);
  Ask("DeleteAlias", {{"AliasName", "alias/second"}});
  EXPECT_EQ(Ask("ListAliases", Json::object())["Aliases"].size(), 1U);
  EXPECT_EQ(
      Refusal("DeleteAlias", {{"AliasName", "alias/second"}}),
      "NotFoundException: Alias arn:aws:kms:eu-west-1:123456789012:alias/second is not found.");
  EXPECT_EQ(Refusal("CreateAlias", {{"AliasName", "app"}, {"TargetKeyId", kId}}),
            "ValidationException: Invalid identifier");
}

TEST_F(KmsTest, ListsInPages) {
  for (int more = 0; more < 4; ++more)
    Ask("CreateKey", Json::object());
  std::set<std::string> ids;
  Json request = {{"Limit", 2}};
  Json page;
  do {
    page = Ask("ListKeys", request);
    EXPECT_LE(page["Keys"].size(), 2U);
    for (const Json& key : page["Keys"])
      ids.insert(key["KeyId"]);
    if (page["Truncated"] == true) request["Marker"] = page["NextMarker"];
  } while (page["Truncated"] == true);
  EXPECT_EQ(ids.size(), 5U);
}

TEST_F(KmsTest, RefusesByNameWhatItDoesNotDo) {
  EXPECT_EQ(Refusal("Sign", {{"KeyId", kId}}),
            "UnknownOperationException: Sign is not emulated by offstage.");
  EXPECT_EQ(Refusal("CreateKey", {{"KeySpec", "RSA_2048"}, {"KeyUsage", "SIGN_VERIFY"}}),
            "UnsupportedOperationException: KeySpec RSA_2048 is not emulated by offstage.");
  EXPECT_EQ(Refusal("CreateKey", {{"MultiRegion", true}}),
            "UnsupportedOperationException: MultiRegion is not emulated by offstage.");
  EXPECT_EQ(Refusal("Encrypt", {{"KeyId", kId},
                                {"Plaintext", "YQ=="},
                                {"EncryptionAlgorithm", "RSAES_OAEP_SHA_256"}}),
            "InvalidKeyUsageException: Algorithm RSAES_OAEP_SHA_256 and key spec SYMMETRIC_DEFAULT "
            "are incompatible.");
  EXPECT_THAT(Refusal("Encrypt", {{"KeyId", kId}, {"Plaintext", "YQ=="}, {"DryRun", true}}),
              HasSubstr("DryRunOperationException"));
  EXPECT_EQ(Refusal("Encrypt", {{"KeyId", kId}, {"Plaintext", ""}}),
            "ValidationException: 1 validation error detected: Value at 'plaintext' failed to "
            "satisfy constraint: Member must have length greater than or equal to 1");
}

TEST_F(KmsTest, GivesRandomBytes) {
  const std::string bytes = Ask("GenerateRandom", {{"NumberOfBytes", 24}})["Plaintext"];
  EXPECT_EQ(Base64Decode(bytes)->size(), 24U);
  EXPECT_NE(Ask("GenerateRandom", {{"NumberOfBytes", 24}})["Plaintext"], bytes);
}

TEST_F(KmsTest, MakesKeysForArnsOfElsewhere) {
  const std::string arn = "arn:aws:kms:us-west-2:999999999999:key/0000abcd-12ab-34cd-56ef-00";
  const auto made = service_->NewDataKey(arn, {{"a", "b"}});
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->key_arn, arn);
  const Json read = Ask("Decrypt", {{"CiphertextBlob", Base64Encode(made->ciphertext)},
                                    {"EncryptionContext", {{"a", "b"}}},
                                    {"KeyId", arn}});
  EXPECT_EQ(read["Plaintext"], Base64Encode(made->plaintext));
  EXPECT_EQ(Ask("ListKeys", Json::object())["Keys"].size(), 1U);
  ASSERT_EQ(log_.Lines().size(), 1U);
  EXPECT_THAT(log_.Lines()[0], HasSubstr(arn));

  const std::string alias = "arn:aws:kms:us-west-2:999999999999:alias/shared";
  const auto by_alias = service_->NewDataKey(alias, {});
  ASSERT_TRUE(by_alias.ok());
  EXPECT_THAT(by_alias->key_arn, testing::StartsWith("arn:aws:kms:us-west-2:999999999999:key/"));
  EXPECT_EQ(service_->NewDataKey(alias, {})->key_arn, by_alias->key_arn);

  for (const char* none : {"nonsense", "arn:aws:kms:us-west-2:999999999999:key/*"}) {
    EXPECT_TRUE(service_->EnsureNamed(none).ok());
    EXPECT_FALSE(service_->NewDataKey(none, {}).ok());
  }
  Ask("DisableKey", {{"KeyId", kId}});
  const auto refused = service_->NewDataKey(kArn, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("is disabled."));
}

TEST_F(KmsTest, ManyWhoNeedAKeyOfElsewhereAtOnceGetOne) {
  const std::string elsewhere = "arn:aws:kms:us-east-1:999999999999:";
  for (const std::string& name : {elsewhere + "key/" + kId, elsewhere + "alias/shared"}) {
    std::vector<std::optional<WrappedDataKey>> made(8);
    std::vector<std::thread> threads;
    for (auto& one : made) {
      threads.emplace_back([&] {
        auto key = service_->NewDataKey(name, {});
        if (key.ok()) one = std::move(key).value();
      });
    }
    for (std::thread& thread : threads)
      thread.join();
    for (const auto& one : made) {
      ASSERT_TRUE(one.has_value());
      EXPECT_EQ(one->key_arn, made[0]->key_arn);
      EXPECT_EQ(Ask("Decrypt", {{"CiphertextBlob", Base64Encode(one->ciphertext)}})["Plaintext"],
                Base64Encode(one->plaintext));
    }
  }
}

TEST_F(KmsTest, KeysOutliveTheProcess) {
  const test::TempDir folder;
  const std::string file = (folder.path() / "kms.db").string();
  service_ = Open(file);
  EXPECT_TRUE(service_->EnsureKey({.id = kId}).ok());
  EXPECT_TRUE(service_->EnsureAlias("alias/app", kArn).ok());
  const std::string blob = Encrypted("secret");
  service_.reset();
  service_ = Open(file);
  EXPECT_TRUE(service_->EnsureKey({.id = kId, .description = "changed", .enabled = true}).ok());
  EXPECT_EQ(Ask("Decrypt", {{"CiphertextBlob", blob}, {"KeyId", "alias/app"}})["Plaintext"],
            Base64Encode("secret"));
  EXPECT_EQ(Ask("DescribeKey", {{"KeyId", kId}})["KeyMetadata"]["Description"], "changed");
}

TEST_F(KmsTest, GoesBackToWhatWasSaved) {
  const SavedKeys saved = service_->Save();
  const std::string made = Ask("CreateKey", Json::object())["KeyMetadata"]["KeyId"];
  Ask("DeleteAlias", {{"AliasName", "alias/app"}});
  EXPECT_TRUE(service_->Restore(saved).ok());
  EXPECT_THAT(Refusal("DescribeKey", {{"KeyId", made}}), HasSubstr("does not exist"));
  EXPECT_EQ(Ask("DescribeKey", {{"KeyId", "alias/app"}})["KeyMetadata"]["KeyId"], kId);
}

}  // namespace
}  // namespace offstage::kms
