using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping;

/// <summary>The tenant of a call, as a value in <c>ChatOptions.AdditionalProperties</c> that no JSON can produce.</summary>
/// <param name="name">The tenant.</param>
[JsonConverter(typeof(Converter))]
internal sealed class CallTenant(string name)
{
    /// <summary>The key. The conversation client removes it before it calls the client below.</summary>
    public const string Key = "grok.tenant";

    /// <summary>Gets the tenant that the options of a call name; null for none.</summary>
    /// <exception cref="ArgumentException">Something else stands under the key, for example a text that came with posted JSON.</exception>
    public static string? NamedIn(ChatOptions? options)
    {
        if (options?.AdditionalProperties?.TryGetValue(Key, out var value) != true)
        {
            return null;
        }

        return value is CallTenant tenant
            ? tenant.Name
            : throw new ArgumentException(
                $"ChatOptions.AdditionalProperties[\"{Key}\"] was not set with WithTenant. A text or a JSON value under this key is not accepted as a tenant, because it may come from outside.",
                nameof(options));
    }

    /// <summary>Gets the tenant of a call for a client that knows no tenants; null for none. Anything else under the key is ignored.</summary>
    public static string? Find(ChatOptions? options) => options?.AdditionalProperties?.TryGetValue(Key, out var value) == true && value is CallTenant tenant ? tenant.Name : null;

    /// <summary>The options without the tenant, for a client that knows no tenants. The caller's options are not changed.</summary>
    public static ChatOptions? Without(ChatOptions? options)
    {
        if (options?.AdditionalProperties?.ContainsKey(Key) != true)
        {
            return options;
        }

        var copy = options.Clone();
        copy.AdditionalProperties!.Remove(Key);
        return copy;
    }

    /// <summary>Hides the tenant from logs and traces, which print the values of options.</summary>
    public override string ToString() => "(tenant)";

    private string Name => name;

    /// <summary>
    /// Writes a hash with a key of this process: a cache above the conversations, which derives its key from the options as JSON, keeps
    /// tenants apart, and a log shows none.
    /// </summary>
    private sealed class Converter : JsonConverter<CallTenant>
    {
        private static readonly byte[] ProcessKey = RandomNumberGenerator.GetBytes(32);

        public override CallTenant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new JsonException("A tenant cannot be read from JSON. Set it with WithTenant.");

        public override void Write(Utf8JsonWriter writer, CallTenant value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Convert.ToHexString(HMACSHA256.HashData(ProcessKey, Encoding.UTF8.GetBytes(value.Name))));
    }
}
