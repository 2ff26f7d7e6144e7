using Connectors.Grok.Foundation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.DependencyInjection;

/// <summary>Reads the options of one registered chat client from the configuration, completes them from the application's services, and validates them.</summary>
internal sealed class GrokOptionsSetup(GrokRegistration registration, IServiceProvider services)
    : IConfigureNamedOptions<GrokChatClientOptions>, IPostConfigureOptions<GrokChatClientOptions>, IValidateOptions<GrokChatClientOptions>
{
    public void Configure(GrokChatClientOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, GrokChatClientOptions options)
    {
        if (name != registration.Name)
        {
            return;
        }

        if (registration.Source.Find(services) is { } section)
        {
            Read(section, options);
        }

        if (registration.ConnectionName is { } connection)
        {
            Read(connection, options);
        }
    }

    private void Read(string connection, GrokChatClientOptions options)
    {
        var text = services.GetService<IConfiguration>()?.GetConnectionString(connection);
        var failure = string.IsNullOrWhiteSpace(text) ? $"There is no connection string '{connection}'."
            : ConnectionString.Apply(text, options) is { } rule ? $"The connection string '{connection}' {rule}."
            : null;
        if (failure is not null)
        {
            throw new OptionsValidationException(registration.Name, typeof(GrokChatClientOptions), [failure]);
        }
    }

    private void Read(IConfigurationSection section, GrokChatClientOptions options)
    {
        var settings = new SettingsReader(section);
        settings.Text(nameof(options.ApiKey), v => options.ApiKey = v);
        settings.Time(nameof(options.CredentialTimeout), v => options.CredentialTimeout = v);
        settings.Text(nameof(options.CredentialHeader), v => options.CredentialHeader = v);
        settings.Text(nameof(options.CredentialScheme), v => options.CredentialScheme = v);
        settings.Flag(nameof(options.HandlerAuthenticates), v => options.HandlerAuthenticates = v);
        settings.Texts(nameof(options.Headers), (header, v) => options.Headers[header] = v);
        settings.Address(nameof(options.Endpoint), v => options.Endpoint = v);
        settings.Text(nameof(options.Model), v => options.Model = v);
        settings.Texts(nameof(options.ModelNames), (name, v) => options.ModelNames[name] = v);
        settings.Prices(nameof(options.Prices), (model, v) => options.Prices[model] = v);
        settings.Time(nameof(options.NewResponseTimeout), v => options.NewResponseTimeout = v);
        settings.Address(nameof(options.StoredResponsesEndpoint), v => options.StoredResponsesEndpoint = v);
        settings.Text(nameof(options.ProviderName), v => options.ProviderName = v);
        settings.Flag(nameof(options.Store), v => options.Store = v);
        settings.Flag(nameof(options.KeepImagesUnstored), v => options.KeepImagesUnstored = v);
        settings.Flag(nameof(options.EncryptedReasoning), v => options.EncryptedReasoning = v);
        settings.Lists(nameof(options.ReasoningEfforts), (model, efforts) => options.ReasoningEfforts[model] = efforts);
        settings.Choice<ContinuationInstructions>(nameof(options.ContinuationInstructions), v => options.ContinuationInstructions = v);
        settings.Flag(nameof(options.DropUnsupportedContent), v => options.DropUnsupportedContent = v);
        settings.Flag(nameof(options.DerivePromptCacheKey), v => options.DerivePromptCacheKey = v);
        settings.Time(nameof(options.Timeout), v => options.Timeout = v);
        settings.Flag(nameof(options.AlwaysStream), v => options.AlwaysStream = v);
        settings.Time(nameof(options.StreamIdleTimeout), v => options.StreamIdleTimeout = v);
        settings.Time(nameof(options.StreamProgressTimeout), v => options.StreamProgressTimeout = v);
        settings.Time(nameof(options.ResponseHeadersTimeout), v => options.ResponseHeadersTimeout = v);
        settings.Time(nameof(options.ConnectTimeout), v => options.ConnectTimeout = v);
        settings.Number(nameof(options.MaxRetries), v => options.MaxRetries = v);
        settings.Flag(nameof(options.RetryServerErrors), v => options.RetryServerErrors = v);
        settings.Time(nameof(options.RecoveryTimeout), v => options.RecoveryTimeout = v);
        settings.Time(nameof(options.RetryDelay), v => options.RetryDelay = v);
        settings.Flag(nameof(options.DropRefusedParameters), v => options.DropRefusedParameters = v);
        settings.Number(nameof(options.MaxConcurrentRequests), v => options.MaxConcurrentRequests = v);
        settings.Number(nameof(options.MaxQueuedRequests), v => options.MaxQueuedRequests = v);
        settings.Flag(nameof(options.LogSensitiveData), v => options.LogSensitiveData = v);
        settings.Check<GrokChatClientOptions>(registration.Name);
    }

    public void PostConfigure(string? name, GrokChatClientOptions options)
    {
        if (name != registration.Name)
        {
            return;
        }

        registration.SetsRetries = options.MaxRetries is not null;
        // The HttpClient belongs to the library, although the factory created it.
        options.MaxRetries ??= GrokSettings.MaxRetriesOfOwnedClients;
        options.LoggerFactory ??= services.GetService<ILoggerFactory>();
        if (options.TimeProvider == TimeProvider.System)
        {
            options.TimeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System;
        }
    }

    public ValidateOptionsResult Validate(string? name, GrokChatClientOptions options)
    {
        if (name != registration.Name)
        {
            return ValidateOptionsResult.Skip;
        }

        if (registration.Source.Failure(services) is { } failure)
        {
            return ValidateOptionsResult.Fail(failure);
        }

        try
        {
            options.Validate();
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail(
                SettingsReader.Explain(e, nameof(GrokChatClientOptions), IsOfConfiguration(e.ParamName, options) ? registration.Source.Path : null, registration.Name));
        }
    }

    /// <summary>Whether the option has the value of the configuration, or is unset: then its path is reported, otherwise the name of the option.</summary>
    private bool IsOfConfiguration(string? option, GrokChatClientOptions options)
    {
        var configured = new GrokChatClientOptions();
        var section = registration.Source.Find(services);
        if (section is not null)
        {
            Read(section, configured);
        }

        var property = typeof(GrokChatClientOptions).GetProperty(option ?? "");
        return property is not null && (Equals(property.GetValue(options), property.GetValue(configured)) || section?.GetSection(property.Name).GetChildren().Any() == true);
    }
}
