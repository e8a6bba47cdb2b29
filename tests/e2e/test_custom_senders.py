"""Custom senders: a user pool's functions get its codes encrypted, and read them with the client library that
AWS's documentation has them use; and KMS itself for real SDKs."""
import json
import os
import subprocess
import unittest
import urllib.request

import boto3

from emulator import SOURCE, Emulator, LIMIT_S, Project, run, wait_until

CLIENTS = SOURCE / "tests" / "clients"
FOREIGN_KEY = "arn:aws:kms:us-east-1:999999999999:key/0123abcd-12ab-34cd-56ef-1234567890ab"

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  SharedKeyArn: {Type: String, Default: "%s"}
Globals:
  Function:
    Runtime: nodejs20.x
    Handler: sender.handler
    CodeUri: sender
    Timeout: 30
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties: {Description: codes, EnableKeyRotation: true, KeyPolicy: {Version: "2012-10-17", Statement: []}}
  KeyAlias:
    Type: AWS::KMS::Alias
    Properties: {AliasName: alias/codes, TargetKeyId: !Ref Key}
  Sent:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: sent
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Sender:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          LIBRARY: %s/node_modules
          KEY_ALIAS: !Sub "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:${KeyAlias}"
          KEY_ARN: !GetAtt Key.Arn
  SharedKeySender:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables: {LIBRARY: %s/node_modules, KEY_ALIAS: !Ref SharedKeyArn, KEY_ARN: !Ref SharedKeyArn}
  Pool:
    Type: AWS::Cognito::UserPool
    Properties:
      AutoVerifiedAttributes: [email]
      MfaConfiguration: OPTIONAL
      EnabledMfas: [SMS_MFA]
      SmsConfiguration: {SnsCallerArn: "arn:aws:iam::123456789012:role/sms", ExternalId: senders}
      LambdaConfig:
        KMSKeyID: !GetAtt Key.Arn
        CustomEmailSender: {LambdaArn: !GetAtt Sender.Arn, LambdaVersion: V1_0}
        CustomSMSSender: {LambdaArn: !GetAtt Sender.Arn, LambdaVersion: V1_0}
  SharedKeyPool:
    Type: AWS::Cognito::UserPool
    Properties:
      AutoVerifiedAttributes: [email]
      LambdaConfig:
        KMSKeyID: !Ref SharedKeyArn
        CustomEmailSender: {LambdaArn: !GetAtt SharedKeySender.Arn, LambdaVersion: V1_0}
  Client:
    Type: AWS::Cognito::UserPoolClient
    Properties: {UserPoolId: !Ref Pool, ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH]}
  SharedKeyClient:
    Type: AWS::Cognito::UserPoolClient
    Properties: {UserPoolId: !Ref SharedKeyPool}
""" % (FOREIGN_KEY, CLIENTS, CLIENTS)

SENDER = """
const { KmsKeyringNode, buildClient, CommitmentPolicy } = require(process.env.LIBRARY + '/@aws-crypto/client-node');
const { DynamoDBClient } = require(process.env.LIBRARY + '/@aws-sdk/client-dynamodb');
const { DynamoDBDocument } = require(process.env.LIBRARY + '/@aws-sdk/lib-dynamodb');

const { decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT);
const keyring = new KmsKeyringNode({ generatorKeyId: process.env.KEY_ALIAS, keyIds: [process.env.KEY_ARN] });
const tables = DynamoDBDocument.from(new DynamoDBClient({}));

exports.handler = async (event) => {
  const attributes = event.request.userAttributes;
  if (attributes.email.startsWith('broken')) throw new Error('no post today');
  const { plaintext, messageHeader } = await decrypt(keyring, Buffer.from(event.request.code, 'base64'));
  await tables.put({ TableName: 'sent', Item: {
    id: event.userName + ' ' + event.triggerSource, code: plaintext.toString(), event: JSON.stringify(event),
    context: messageHeader.encryptionContext,
  } });
};
"""


class Senders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not (CLIENTS / "node_modules" / "@aws-crypto" / "client-node").is_dir():
            raise AssertionError("tests/clients/node_modules is missing: run scripts/setup --tests")
        cls.project = Project({"template.yml": TEMPLATE, "sender/sender.js": SENDER})
        cls.emulator = Emulator("--in-memory", cwd=cls.project.folder)
        options = dict(endpoint_url=cls.emulator.aws_url, region_name="us-east-1", aws_access_key_id="me",
                       aws_secret_access_key="any")
        cls.pools, cls.tables = boto3.client("cognito-idp", **options), boto3.client("dynamodb", **options)
        cls.kms = boto3.client("kms", **options)
        listed = {pool["Name"].split("-")[0]: pool["Id"] for pool in cls.pools.list_user_pools(MaxResults=10)["UserPools"]}
        cls.pool, cls.shared_key_pool = listed["Pool"], listed["SharedKeyPool"]
        cls.client = cls.client_of(cls.pool)

    @classmethod
    def tearDownClass(cls):
        code = cls.emulator.stop()
        cls.project.__exit__()
        if code != 0:
            raise AssertionError("the emulator ended with %s" % code)

    @classmethod
    def client_of(cls, pool):
        return cls.pools.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"][0]["ClientId"]

    def sent(self, user, source):
        """What the function handed on: the code, the event, the encryption context."""
        key = {"id": {"S": user + " " + source}}
        item = wait_until(lambda: self.tables.get_item(TableName="sent", Key=key).get("Item"), "%s for %s" % (source, user))
        self.tables.delete_item(TableName="sent", Key=key)
        return item["code"]["S"], json.loads(item["event"]["S"]), {name: value["S"] for name, value in item["context"]["M"].items()}

    def sign_up(self, user, client=None, **more):
        return self.pools.sign_up(ClientId=client or self.client, Username=user, Password="Passw0rd!",
                                  UserAttributes=[{"Name": "email", "Value": user + "@example.com"}], **more)

    def mailbox(self, to):
        with urllib.request.urlopen(self.emulator.aws_url + "/_offstage/mailbox?to=" + to, timeout=LIMIT_S) as reply:
            return json.load(reply)

    def test_signs_up_and_resets_the_password_with_the_functions_codes(self):
        reply = self.sign_up("ada")
        self.assertEqual(reply["CodeDeliveryDetails"],
                         {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"})
        code, event, context = self.sent("ada", "CustomEmailSender_SignUp")
        self.assertRegex(code, r"^\d{6}$")
        encrypted = event["request"].pop("code")
        self.assertTrue(encrypted.startswith("AYADe"), encrypted)
        self.assertEqual(event, {
            "version": "1", "triggerSource": "CustomEmailSender_SignUp", "region": "us-east-1", "userPoolId": self.pool,
            "userName": "ada", "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": self.client},
            "request": {"type": "customEmailSenderRequestV1", "clientMetadata": None, "userAttributes": {
                "sub": reply["UserSub"], "email_verified": "false", "cognito:user_status": "UNCONFIRMED",
                "email": "ada@example.com"}}})
        self.assertEqual(context["userpool-id"], self.pool)
        self.pools.confirm_sign_up(ClientId=self.client, Username="ada", ConfirmationCode=code)

        self.pools.forgot_password(ClientId=self.client, Username="ada", ClientMetadata={"lang": "et"})
        code, event, _ = self.sent("ada", "CustomEmailSender_ForgotPassword")
        self.assertEqual(event["request"]["clientMetadata"], {"lang": "et"})
        self.pools.confirm_forgot_password(ClientId=self.client, Username="ada", ConfirmationCode=code, Password="0therPass!")
        self.pools.initiate_auth(ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH",
                                 AuthParameters={"USERNAME": "ada", "PASSWORD": "0therPass!"})

    def test_other_codes_go_the_same_way(self):
        self.sign_up("bo")
        first = self.sent("bo", "CustomEmailSender_SignUp")[0]
        self.pools.resend_confirmation_code(ClientId=self.client, Username="bo")
        code = self.sent("bo", "CustomEmailSender_ResendCode")[0]
        self.assertNotEqual(first, code)
        self.pools.confirm_sign_up(ClientId=self.client, Username="bo", ConfirmationCode=code)
        token = self.pools.initiate_auth(ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={
            "USERNAME": "bo", "PASSWORD": "Passw0rd!"})["AuthenticationResult"]["AccessToken"]
        self.pools.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": "email", "Value": "new@example.com"}])
        _, event, _ = self.sent("bo", "CustomEmailSender_UpdateUserAttribute")
        self.assertEqual(event["request"]["userAttributes"]["email"], "new@example.com")
        self.pools.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
        code = self.sent("bo", "CustomEmailSender_VerifyUserAttribute")[0]
        self.pools.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code)

        self.pools.admin_create_user(UserPoolId=self.pool, Username="cy", DesiredDeliveryMediums=["EMAIL"],
                                     UserAttributes=[{"Name": "email", "Value": "cy@example.com"}])
        password, event, _ = self.sent("cy", "CustomEmailSender_AdminCreateUser")
        self.assertEqual(event["callerContext"]["clientId"], "CLIENT_ID_NOT_APPLICABLE")
        asked = self.pools.initiate_auth(ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH",
                                         AuthParameters={"USERNAME": "cy", "PASSWORD": password})
        self.assertEqual(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED")

    def test_codes_by_sms_have_their_own_function(self):
        self.pools.admin_create_user(
            UserPoolId=self.pool, Username="di", MessageAction="SUPPRESS", UserAttributes=[
                {"Name": "email", "Value": "di@example.com"}, {"Name": "phone_number", "Value": "+37255512345"},
                {"Name": "phone_number_verified", "Value": "true"}])
        self.pools.admin_set_user_password(UserPoolId=self.pool, Username="di", Password="Passw0rd!", Permanent=True)
        self.pools.admin_set_user_mfa_preference(UserPoolId=self.pool, Username="di",
                                                 SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
        asked = self.pools.initiate_auth(ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH",
                                         AuthParameters={"USERNAME": "di", "PASSWORD": "Passw0rd!"})
        self.assertEqual(asked["ChallengeName"], "SMS_MFA")
        code, event, _ = self.sent("di", "CustomSMSSender_Authentication")
        self.assertEqual(event["request"]["type"], "customSMSSenderRequestV1")
        self.assertEqual(event["request"]["userAttributes"]["phone_number"], "+37255512345")
        done = self.pools.respond_to_auth_challenge(ClientId=self.client, ChallengeName="SMS_MFA", Session=asked["Session"],
                                                    ChallengeResponses={"USERNAME": "di", "SMS_MFA_CODE": code})
        self.assertIn("IdToken", done["AuthenticationResult"])

    def test_a_key_that_the_template_only_names_works_too(self):
        client = self.client_of(self.shared_key_pool)
        self.sign_up("ed", client)
        code, _, context = self.sent("ed", "CustomEmailSender_SignUp")
        self.assertEqual(context["userpool-id"], self.shared_key_pool)
        self.pools.confirm_sign_up(ClientId=client, Username="ed", ConfirmationCode=code)
        self.assertEqual(self.kms.describe_key(KeyId=FOREIGN_KEY)["KeyMetadata"]["AWSAccountId"], "999999999999")

    # Cognito does not wait for custom senders: whoever signs up never sees them fail.
    def test_a_function_that_fails_costs_nobody_the_sign_up(self):
        self.sign_up("broken")
        self.emulator.expect_output("no post today")
        message = self.mailbox("broken@example.com")[0]
        self.assertTrue(message["sender"].startswith("sam-app-Sender") or "Sender" in message["sender"], message)
        self.assertIn("given to", self.emulator.output())
        self.pools.confirm_sign_up(ClientId=self.client, Username="broken", ConfirmationCode=message["code"])

    def test_keys_of_the_template_are_for_other_clients_too(self):
        listed = self.kms.list_aliases()["Aliases"]
        self.assertEqual([alias["AliasName"] for alias in listed], ["alias/codes"])
        described = self.kms.describe_key(KeyId="alias/codes")["KeyMetadata"]
        self.assertEqual((described["KeyId"], described["Description"]), (listed[0]["TargetKeyId"], "codes"))


class Kms(unittest.TestCase):
    def test_boto3(self):
        environment = dict(os.environ, AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="y", AWS_DEFAULT_REGION="us-east-1")
        with Emulator("--no-template") as emulator:
            environment["KMS_ENDPOINT"] = emulator.aws_url
            done = subprocess.run(["/usr/bin/python3", CLIENTS / "boto3_kms.py"], env=environment, text=True,
                                  capture_output=True, timeout=LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("all good", done.stdout)

    def test_what_was_encrypted_is_readable_after_a_restart(self):
        project = Project({"template.yml": "Resources: {Key: {Type: AWS::KMS::Key}}"})
        self.addCleanup(project.__exit__)
        kept = {}
        for run_number in (1, 2):
            with Emulator("--data", ".offstage", cwd=project.folder) as emulator:
                kms = boto3.client("kms", endpoint_url=emulator.aws_url, region_name="us-east-1", aws_access_key_id="me",
                                   aws_secret_access_key="any")
                if run_number == 1:
                    key = kms.list_keys()["Keys"][0]["KeyArn"]
                    kept = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext={"a": "b"})
                else:
                    read = kms.decrypt(CiphertextBlob=kept["CiphertextBlob"], EncryptionContext={"a": "b"})
                    self.assertEqual((read["Plaintext"], read["KeyId"]), (b"secret", kept["KeyId"]))

    def test_kinds_of_keys_that_are_not_emulated_are_named_at_start(self):
        project = Project({"template.yml": "Resources: {Signing: {Type: AWS::KMS::Key, Properties: "
                                           "{KeySpec: RSA_2048, KeyUsage: SIGN_VERIFY}}}"})
        self.addCleanup(project.__exit__)
        with Emulator("--in-memory", cwd=project.folder) as emulator:
            emulator.expect_output("KeySpec RSA_2048 is not emulated")

    def test_scenarios_see_what_the_function_did(self):
        project = Project({"template.yml": TEMPLATE, "sender/sender.js": SENDER, "scenarios/a.scenario.yml": """
scenarios:
  - name: the function has the code
    steps:
      - {sign-up: ada, pool: Pool}
      - settle: 30s
      - {scan-items: Sent, expect: {count: 1, items: [{code: "</^[0-9]+$/>"}]}}
      - confirm: ada
      - sign-in: ada
  - name: nothing of it is left
    steps:
      - {scan-items: Sent, expect: {count: 0}}
"""})
        self.addCleanup(project.__exit__)
        code, out, err = run("test", cwd=project.folder)
        self.assertEqual(code, 0, out + err)
        code, out, err = run("validate", cwd=project.folder)
        self.assertEqual(code, 0, out + err)
        self.assertNotRegex(out + err, r"KMS::(Key|Alias) is not emulated|CustomEmailSender")


if __name__ == "__main__":
    unittest.main()
