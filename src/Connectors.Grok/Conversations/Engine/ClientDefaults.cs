using Connectors.Grok.Caching;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>The defaults of the client below the conversations.</summary>
/// <param name="Model">The model that it requests by default; null when it is unknown.</param>
/// <param name="Store">Whether it requests that responses are stored, by default; null when the service decides.</param>
/// <param name="IsZeroRetention">Whether the service turned out to keep nothing for its team.</param>
/// <param name="RepeatsInstructions">Whether it sends instructions with every call, also those in force.</param>
internal readonly record struct ClientDefaults(string? Model, bool? Store, bool IsZeroRetention, bool RepeatsInstructions)
{
    private static readonly TimeSpan UsualRetention = TimeSpan.FromDays(30);
    private readonly ModelNames? _names;

    /// <summary>How long the service keeps a response; null when that is unknown, so that every id is tried.</summary>
    public TimeSpan? Retention { get; private init; }

    /// <summary>The identities of models.</summary>
    public ModelNames Names
    {
        get => _names ?? ModelNames.BuiltIn;
        private init => _names = value;
    }

    /// <summary>The prompt cache keys of a client of this library; null where it derives none, and for other clients.</summary>
    public PromptCacheKeys? CacheKeys { get; init; }

    /// <summary>Whether a conversation gets a prompt cache key of its own.</summary>
    public bool HasCacheKeys { get; init; }

    public static ClientDefaults From(IChatClient client)
    {
        var settings = client.GetService<GrokSettings>();
        return new(
            client.GetService<ChatClientMetadata>()?.DefaultModelId,
            settings?.Store,
            IsZeroRetention: false,
            settings?.ContinuationInstructions == ContinuationInstructions.Always)
        {
            Retention = settings is null ? UsualRetention : settings.Host.Retention,
            Names = settings?.Names ?? ModelNames.BuiltIn,
            CacheKeys = settings is null ? null : PromptCacheKeys.Create(settings),
            HasCacheKeys = settings?.DerivePromptCacheKey != false,
        };
    }

    /// <summary>Whether nothing is stored of a call with these options.</summary>
    public bool StoresNothing(ChatOptions? options) => IsZeroRetention || (options?.AdditionalProperties.GetBool(GrokKeys.Request.Store) ?? Store) == false;
}
