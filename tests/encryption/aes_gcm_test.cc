#include "encryption/aes_gcm.h"

#include <gtest/gtest.h>

namespace offstage::encryption {
namespace {

std::string FromHex(std::string_view hex) {
  std::string out;
  for (std::size_t at = 0; at < hex.size(); at += 2)
    out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
  return out;
}

// Test case 16 of "The Galois/Counter Mode of Operation (GCM)", McGrew and Viega.
TEST(AesGcm, GivesWhatItsAuthorsPublished) {
  const std::string key =
      FromHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const std::string nonce = FromHex("cafebabefacedbaddecaf888");
  const std::string beside = FromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string text = FromHex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
      "b525b16aedf5aa0de657ba637b39");
  const Sealing sealing{.key = key, .nonce = nonce, .beside = beside};
  const std::string sealed = Seal(sealing, text);
  EXPECT_EQ(sealed,
            FromHex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb"
                    "3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"));
  EXPECT_EQ(Open(sealing, sealed), text);
}

TEST(AesGcm, OpensNothingThatDiffers) {
  const std::string key(kKeyBytes, 'k');
  const std::string nonce(kNonceBytes, 'n');
  const std::string sealed = Seal({.key = key, .nonce = nonce, .beside = "b"}, "text");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] ^= 1;
    EXPECT_EQ(Open({.key = key, .nonce = nonce, .beside = "b"}, changed), std::nullopt);
  }
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_EQ(Open({.key = key, .nonce = nonce, .beside = "b"}, sealed.substr(0, length)),
              std::nullopt);
  }
  EXPECT_EQ(Open({.key = key, .nonce = nonce, .beside = "c"}, sealed), std::nullopt);
  EXPECT_EQ(Open({.key = std::string(kKeyBytes, 'l'), .nonce = nonce, .beside = "b"}, sealed),
            std::nullopt);
  EXPECT_EQ(Open({.key = key, .nonce = nonce, .beside = "b"}, sealed), "text");
}

TEST(AesGcm, SealsNothingToo) {
  const std::string key(kKeyBytes, 'k');
  const std::string nonce(kNonceBytes, 'n');
  const std::string sealed = Seal({.key = key, .nonce = nonce}, "");
  EXPECT_EQ(sealed.size(), kTagBytes);
  EXPECT_EQ(Open({.key = key, .nonce = nonce}, sealed), "");
}

}  // namespace
}  // namespace offstage::encryption
