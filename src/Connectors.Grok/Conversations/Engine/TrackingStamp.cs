using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// The stamp by which history tracking finds an answer again. It is believed only when this process remembers it, or when it is signed with
/// the application's key: a stamp from outside could name another user's response.
/// </summary>
internal static class TrackingStamp
{
    /// <summary>Stamps an answer.</summary>
    public static void Write(AdditionalPropertiesDictionary stamps, string fingerprint, KnownAnswer answer, string tenant, byte[]? key)
    {
        var expires = answer.ExpiresAt.ToString("O", CultureInfo.InvariantCulture);
        stamps[GrokKeys.History.ResponseId] = answer.ResponseId;
        stamps[GrokKeys.History.Fingerprint] = fingerprint;
        stamps[GrokKeys.History.ExpiresAt] = expires;
        if (answer.Model is { } model)
        {
            stamps[GrokKeys.History.Model] = model;
        }

        if (key is not null)
        {
            stamps[GrokKeys.History.Signature] = Sign(key, tenant, fingerprint, answer.ResponseId, expires, answer.Model);
        }
    }

    /// <summary>The answers whose stamps are believed, by fingerprint.</summary>
    /// <param name="messages">The history.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="key">The application's key; null for none.</param>
    /// <param name="isRemembered">Whether this process gave an answer with that fingerprint and response id.</param>
    public static Dictionary<string, KnownAnswer> Read(IEnumerable<ChatMessage> messages, string tenant, byte[]? key, Func<string, string, bool> isRemembered)
    {
        var answers = new Dictionary<string, KnownAnswer>(StringComparer.Ordinal);
        foreach (var properties in messages.Select(static m => m.AdditionalProperties))
        {
            if (properties.GetText(GrokKeys.History.Fingerprint) is { } fingerprint && properties.GetText(GrokKeys.History.ResponseId) is { } id
                && properties.GetText(GrokKeys.History.ExpiresAt) is { } expires
                && DateTimeOffset.TryParse(expires, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
                && properties.GetText(GrokKeys.History.Model) is var model
                && (IsSigned(properties, key, tenant, fingerprint, id, expires, model) || isRemembered(fingerprint, id)))
            {
                answers[fingerprint] = new KnownAnswer(id, model, time);
            }
        }

        return answers;
    }

    private static bool IsSigned(AdditionalPropertiesDictionary? properties, byte[]? key, params ReadOnlySpan<string?> texts) =>
        key is not null && properties.GetText(GrokKeys.History.Signature) is { } signature
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(key, texts)), Encoding.UTF8.GetBytes(signature));

    /// <summary>Each text with its length before it, so that no two stamps are signed alike.</summary>
    private static string Sign(byte[] key, params ReadOnlySpan<string?> texts)
    {
        var all = new StringBuilder("history tracking\n");
        foreach (var text in texts)
        {
            all.Append(CultureInfo.InvariantCulture, $"{text?.Length ?? -1}:{text}\n");
        }

        return Convert.ToHexString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(all.ToString())));
    }
}
