// SRP-6a as Cognito's clients speak it: RFC 5054's 3072-bit group, SHA-256, HKDF with the label
// "Caldera Derived Key". Facts from the public clients (amazon-cognito-identity-js,
// AuthenticationHelper): numbers are hashed as hex text padded to whole bytes with a clear top bit.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace offstage::cognito {

// What is kept of a password: nothing that leads back to it but by guessing.
struct PasswordVerifier {
  // Hex.
  std::string salt = {};
  std::string verifier = {};
};

// `pool_name`: what follows '_' in the pool's id. `username`: as USER_ID_FOR_SRP names the user.
PasswordVerifier MakeVerifier(std::string_view pool_name, std::string_view username,
                              std::string_view password);
// One modular exponentiation: about a millisecond.
bool CheckPassword(const PasswordVerifier& stored, std::string_view pool_name,
                   std::string_view username, std::string_view password);

// The server's side of one exchange.
struct SrpServer {
  // Hex: the secret exponent, and B, which the client gets.
  std::string secret_b = {};
  std::string public_b = {};
};
SrpServer StartSrp(const PasswordVerifier& stored);

// The 16-byte key that client and server share when the password was right. Null when A is not a
// number, or a multiple of N (which would make the key known without any password).
std::optional<std::string> SrpSessionKey(const PasswordVerifier& stored, const SrpServer& server,
                                         std::string_view public_a);
// Whether A (hex) is a number that SrpSessionKey takes.
bool IsUsableSrpA(std::string_view public_a);

// The client's side: the secret exponent, and A, which the server gets. Hex.
struct SrpClient {
  std::string secret_a = {};
  std::string public_a = {};
};
SrpClient StartSrpClient();
// The key as the client makes it, from the server's B and the user's salt (hex). Null when they are
// no numbers that a server sends.
struct SrpChallenge {
  std::string salt = {};
  std::string public_b = {};
};
std::optional<std::string> SrpClientKey(const SrpClient& client, const SrpChallenge& challenge,
                                        std::string_view pool_name, std::string_view username,
                                        std::string_view password);

// base64 of the HMAC that a client sends as PASSWORD_CLAIM_SIGNATURE. `secret_block`: decoded.
std::string SrpSignature(std::string_view key, std::string_view pool_name,
                         std::string_view username, std::string_view secret_block,
                         std::string_view timestamp);

}  // namespace offstage::cognito
