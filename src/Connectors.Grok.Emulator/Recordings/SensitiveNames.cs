namespace Connectors.Grok.Emulator.Recordings;

/// <summary>Decides by the name of a JSON member how its value is redacted.</summary>
internal static class SensitiveNames
{
    private static readonly string[] Persons = ["user", "user_id", "safety_identifier", "redacted_api_key"];

    private static readonly string[] Parts =
        ["apikey", "accesskey", "privatekey", "secret", "password", "passwd", "passphrase", "passcode", "credential", "authorization", "bearer", "cookie", "token", "signature", "sessionid"];

    private static readonly string[] Whole = ["auth", "pwd", "pin", "otp", "session", "jwt", "sig"];

    /// <summary>Names of the API whose values look random and are not secret. In the arguments of functions the same names can hold anything.</summary>
    private static readonly string[] Wire =
        ["id", "call_id", "item_id", "response_id", "previous_response_id", "file_id", "name", "type", "model", "object", "role", "status", "server_label", "system_fingerprint", "obfuscation"];

    /// <summary>Members whose values hold headers or variables of the environment: each of them is redacted.</summary>
    private static readonly string[] Containers = ["headers", "extra_headers", "env", "environment", "cookies"];

    public static bool IsSecret(string name)
    {
        var plain = Normalize(name);
        return Persons.Contains(name) || Whole.Contains(plain) || Parts.Any(part => plain.Contains(part, StringComparison.Ordinal))
            || (plain.EndsWith("key", StringComparison.Ordinal) && name != "prompt_cache_key");
    }

    /// <summary>Returns whether a number of this name is a secret. Names such as <c>max_output_tokens</c> count something.</summary>
    public static bool IsSecretNumber(string name) => IsSecret(name) && !Normalize(name).Contains("token", StringComparison.Ordinal);

    public static bool IsWire(string name) => Wire.Contains(name);

    public static bool IsContainer(string name) => Containers.Contains(name.ToLowerInvariant());

    private static string Normalize(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
