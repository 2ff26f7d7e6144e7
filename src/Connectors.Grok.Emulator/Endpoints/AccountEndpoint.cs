using System.Text;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Hosts;
using Connectors.Grok.Emulator.Http;
using Connectors.Grok.Emulator.Rules;

namespace Connectors.Grok.Emulator.Endpoints;

/// <summary>The endpoints of the API key and its account, and the tokenizer (docs/wire.md#endpoints).</summary>
internal sealed class AccountEndpoint(GrokEmulatorOptions options, ServiceHost service, CredentialCheck credentials)
{
    private const string AnonymousId = "00000000-0000-0000-0000-000000000000";
    private const string RedactedKey = "xai-...emul";
    private const string Created = "2026-01-01T00:00:00Z";

    /// <summary>Writes the description of the API key.</summary>
    public static Task GetKeyAsync(HttpContext http) => AnswerWriter.WriteJsonAsync(http, Json.WriteObject(writer =>
    {
        writer.WriteString("redacted_api_key", RedactedKey);
        writer.WriteString("user_id", AnonymousId);
        writer.WriteString("name", "emulator");
        writer.WriteString("create_time", Created);
        writer.WriteString("modify_time", Created);
        writer.WriteString("modified_by", AnonymousId);
        writer.WriteString("team_id", AnonymousId);
        writer.WriteStartArray("acls");
        writer.WriteStringValue("api-key:endpoint:*");
        writer.WriteStringValue("api-key:model:*");
        writer.WriteEndArray();
        writer.WriteString("api_key_id", AnonymousId);
        writer.WriteBoolean("team_blocked", false);
        writer.WriteBoolean("api_key_blocked", false);
        writer.WriteBoolean("api_key_disabled", false);
    }));

    /// <summary>Writes the account of the API key, with its zero data retention.</summary>
    public Task GetMeAsync(HttpContext http) => AnswerWriter.WriteJsonAsync(http, Json.WriteObject(writer =>
    {
        writer.WriteString("user_id", AnonymousId);
        writer.WriteString("team_id", AnonymousId);
        writer.WriteString("zdr_status", options.ZeroDataRetention ? "zdr" : "no_zdr");
        writer.WriteBoolean("team_blocked", false);
        writer.WriteStartObject("api_key");
        writer.WriteString("redacted_api_key", RedactedKey);
        writer.WriteString("api_key_id", AnonymousId);
        writer.WriteBoolean("blocked", false);
        writer.WriteBoolean("disabled", false);
        writer.WriteEndObject();
        writer.WriteNull("oauth");
    }));

    /// <summary>Writes the tokens of a text. Their number is the number that usage counts.</summary>
    public Task TokenizeAsync(HttpContext http, byte[] body)
    {
        var (name, text) = RequestReader.Read(http, body, root => (root.RequiredText("model"), root.RequiredText("text")));
        _ = RequestRules.FindModel(name, service);
        credentials.Check(http.Request);
        return AnswerWriter.WriteJsonAsync(http, Json.WriteObject(writer =>
        {
            writer.WriteStartArray("token_ids");
            foreach (var token in TokenCounter.Split(text))
            {
                var bytes = Encoding.UTF8.GetBytes(token);
                writer.WriteStartObject();
                writer.WriteNumber("token_id", TokenCounter.IdOf(token));
                writer.WriteString("string_token", token);
                writer.WriteStartArray("token_bytes");
                foreach (var value in bytes)
                {
                    writer.WriteNumberValue(value);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }));
    }
}
