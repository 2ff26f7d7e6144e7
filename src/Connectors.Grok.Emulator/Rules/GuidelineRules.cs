using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Checks the moderation guidelines of a request (docs/wire.md#request-members). The answer to an unknown value is assumed: no source shows it.</summary>
internal static class GuidelineRules
{
    private static readonly string[] Categories = ["nsfw", "violence", "profanity"];

    public static void Check(IReadOnlyList<JsonElement> guidelines)
    {
        foreach (var guideline in guidelines)
        {
            if (guideline.ValueKind != JsonValueKind.Object)
            {
                throw ApiException.InvalidArgument("Each of the guidelines must be an object.");
            }

            CheckMember(guideline, "type", "policy");
            CheckMember(guideline, "category", Categories);
            CheckMember(guideline, "behavior", "decline");
        }
    }

    private static void CheckMember(JsonElement guideline, string name, params string[] allowed)
    {
        var value = guideline.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        if (!allowed.Contains(value))
        {
            throw ApiException.InvalidArgument($"Invalid guideline: {name} must be {string.Join(" or ", allowed)}, but it is {value ?? "missing"}.");
        }
    }
}
