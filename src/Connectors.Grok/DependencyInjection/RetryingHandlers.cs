using Connectors.Grok.Foundation;
using Microsoft.Extensions.Http;

namespace Connectors.Grok.DependencyInjection;

/// <summary>
/// Finds handlers of an HttpClient that retry: their retries and those of the client would multiply. Knows them by name, because the packages that
/// have them (Microsoft.Extensions.Http.Resilience, Microsoft.Extensions.Http.Polly) are not referenced.
/// </summary>
internal sealed class RetryingHandlers(GrokRegistration registration) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.Name == registration.HttpClientName)
        {
            registration.RetryingHandler = builder.AdditionalHandlers.Select(static h => h.GetType().Name).FirstOrDefault(IsRetrying);
        }
    };

    /// <summary>Gets the settings of a client whose handlers were created: without retries if a handler retries and the application did not set <c>MaxRetries</c>.</summary>
    public static GrokSettings Settings(GrokChatClientOptions options, GrokRegistration registration)
    {
        var settings = GrokSettings.From(options);
        if (registration.RetryingHandler is not { } handler || settings.MaxRetries == 0)
        {
            return settings;
        }

        if (registration.SetsRetries)
        {
            Log.RetriesTwice(settings.Logger, handler, settings.MaxRetries);
            return settings;
        }

        Log.RetriesLeftToHandler(settings.Logger, handler);
        return settings with { MaxRetries = 0 };
    }

    private static bool IsRetrying(string type) => type is "ResilienceHandler" or "PolicyHttpMessageHandler";
}
