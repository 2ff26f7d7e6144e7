using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.DependencyInjection;

/// <summary>Reads the options of one client's conversations from the configuration, completes them from the application's services, and validates them.</summary>
internal sealed class ConversationOptionsSetup(ConversationsRegistration registration, IServiceProvider services)
    : IConfigureNamedOptions<ConversationOptions>, IPostConfigureOptions<ConversationOptions>, IValidateOptions<ConversationOptions>
{
    /// <summary>The configuration section of the settings: the selected one, or the one below the section of the chat client.</summary>
    private ConfigurationSource Source => registration.Source ?? Below(
        services.GetServices<GrokRegistration>().LastOrDefault(r => Equals(r.Key, registration.Key))?.Source);

    public void Configure(ConversationOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, ConversationOptions options)
    {
        if (name != registration.Name || Source.Find(services) is not { } section)
        {
            return;
        }

        var settings = new SettingsReader(section);
        settings.Text(nameof(options.Tenant), v => options.Tenant = v);
        settings.Choice<ContinuationInstructions>(nameof(options.ContinuationInstructions), v => options.ContinuationInstructions = v);
        settings.Choice<ConversationConflict>(nameof(options.Conflict), v => options.Conflict = v);
        settings.Time(nameof(options.ServerRetention), v => options.ServerRetention = v);
        settings.Flag(nameof(options.QueueTurns), v => options.QueueTurns = v);
        settings.Choice<ConversationRetention>(nameof(options.Retention), v => options.Retention = v);
        settings.Time(nameof(options.KeepFor), v => options.KeepFor = v == Timeout.InfiniteTimeSpan ? null : v);
        settings.Flag(nameof(options.KeepUnanswered), v => options.KeepUnanswered = v);
        settings.Money(nameof(options.Budget), v => options.Budget = v);
        settings.Flag(nameof(options.BudgetNeedsPrice), v => options.BudgetNeedsPrice = v);
        settings.Size(nameof(options.MaxImportBytes), v => options.MaxImportBytes = v);
        settings.Flag(nameof(options.RequireBinding), v => options.RequireBinding = v);
        settings.Bytes(nameof(options.HistoryKey), v => options.HistoryKey = v);
        settings.Fraction("Compaction:Share", v => (options.Compaction ??= new()).Share = v);
        settings.Number("Compaction:Limit", v => (options.Compaction ??= new()).Limit = v);
        settings.Number("Compaction:Turns", v => (options.Compaction ??= new()).Turns = v);
        settings.Text("Compaction:Model", v => (options.Compaction ??= new()).Model = v);
        settings.Check<ConversationOptions>(registration.Name);
    }

    public void PostConfigure(string? name, ConversationOptions options)
    {
        if (name != registration.Name)
        {
            return;
        }

        options.LoggerFactory ??= services.GetService<ILoggerFactory>();
        options.Protector ??= services.GetService<IConversationProtector>();
        if (options.TimeProvider == TimeProvider.System)
        {
            options.TimeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System;
        }
    }

    public ValidateOptionsResult Validate(string? name, ConversationOptions options)
    {
        if (name != registration.Name)
        {
            return ValidateOptionsResult.Skip;
        }

        var failures = new List<string>();
        try
        {
            options.Checked();
        }
        catch (ArgumentException e)
        {
            failures.Add(SettingsReader.Explain(e, nameof(ConversationOptions), Source.Find(services) is null ? null : Source.Path, registration.Name));
        }

        CheckSurroundings(failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Checks that a chat client is registered, and that the store can be created (which opens no connection yet).</summary>
    private void CheckSurroundings(List<string> failures)
    {
        if (services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IChatClient), registration.Key) == false)
        {
            failures.Add($"There is no IChatClient{(registration.Key is null ? "" : $" under the key '{registration.Key}'")} for the conversations: call AddGrokChatClient.");
        }

        if (registration.Source?.Failure(services) is { } missing)
        {
            failures.Add(missing);
        }

        try
        {
            _ = services.GetKeyedService<ConversationStore>(registration.Key);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            failures.Add($"The conversation store cannot be created: {e.Message}");
        }
    }

    private static ConfigurationSource Below(ConfigurationSource? client) => client is null
        ? new("Grok:Conversations", null, IsRequired: false)
        : new(ConfigurationPath.Combine(client.Path, "Conversations"), client.Given?.GetSection("Conversations"), IsRequired: false);
}
