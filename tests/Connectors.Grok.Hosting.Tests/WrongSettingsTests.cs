using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>What is wrong with the settings is told when the host starts, under the setting's own name.</summary>
public class WrongSettingsTests
{
    private const string Secret = "xai-never-to-be-seen";

    /// <summary>Settings by path below <c>Grok</c>, each wrong in its way, and what the message says of it.</summary>
    public static TheoryData<string, string, string> Wrong => new()
    {
        { "Endpoint", "not an address", "Grok:Endpoint must be an absolute address" },
        { "Endpoint", "ftp://example.org", "Grok:Endpoint must be an absolute http(s) address" },
        { "Endpoint", "http://example.org/v1", "Grok:Endpoint must use https" },
        { "Endpoint", "https://example.org/v1?a=b", "Grok:Endpoint must be a bare address" },
        { "Endpoint", "https://example.org/v1/responses", "Grok:Endpoint must be the API's address" },
        { "ApiKey", "two words", "Grok:ApiKey holds a line break" },
        { "Store", "perhaps", "Grok:Store must be true or false" },
        { "KeepImagesUnstored", "1", "Grok:KeepImagesUnstored must be true or false" },
        { "EncryptedReasoning", "yes", "Grok:EncryptedReasoning must be true or false" },
        { "DropUnsupportedContent", "no", "Grok:DropUnsupportedContent must be true or false" },
        { "ReasoningEfforts:grok-9:0", "hectic", "Grok:ReasoningEfforts must map" },
        { "ContinuationInstructions", "1", "Grok:ContinuationInstructions must be one of WhenChanged, Never, Always, Throw, Restart" },
        { "ContinuationInstructions", "Forget", "Grok:ContinuationInstructions must be one of WhenChanged, Never, Always, Throw, Restart" },
        { "Timeout", "60", "Grok:Timeout must be a time such as 00:10:00" },
        { "Timeout", "-00:00:05", "Grok:Timeout must be longer than zero" },
        { "StreamIdleTimeout", "soon", "Grok:StreamIdleTimeout must be a time" },
        { "StreamIdleTimeout", "00:00:00", "Grok:StreamIdleTimeout must be longer than zero" },
        { "ResponseHeadersTimeout", "-1", "Grok:ResponseHeadersTimeout must be" },
        { "ConnectTimeout", "30.00:00:00", "Grok:ConnectTimeout must be longer than zero and shorter than 24 days" },
        { "MaxRetries", "three", "Grok:MaxRetries must be a whole number" },
        { "LogSensitiveData", "on", "Grok:LogSensitiveData must be true or false" },
        { "MaxRetries", "-1", "Grok:MaxRetries must be 0 to 100" },
    };

    /// <summary>Every overload, over settings below its own path, and how that path begins in messages.</summary>
    public static TheoryData<string, Action<HostApplicationBuilder>, string> Ways => new()
    {
        { "section Grok", static b => b.Services.AddGrokChatClient(), "Grok:Endpoint" },
        { "name", static b => b.Services.AddGrokChatClient("Clients:Fast"), "Clients:Fast:Endpoint" },
        { "model", static b => b.Services.AddGrokChatClient("grok-4.7", Secret).Configure(Plain), "GrokChatClientOptions.Endpoint" },
        { "section", static b => b.Services.AddGrokChatClient(b.Configuration.GetSection("Clients:Fast")), "Clients:Fast:Endpoint" },
        { "action", static b => b.Services.AddGrokChatClient(Plain), "GrokChatClientOptions.Endpoint" },
        { "keyed name", static b => b.Services.AddKeyedGrokChatClient("k", "Clients:Fast"), "Clients:Fast:Endpoint" },
        { "keyed model", static b => b.Services.AddKeyedGrokChatClient("k", "grok-4.7", Secret).Configure(Plain), "GrokChatClientOptions.Endpoint of the client 'k'" },
        { "keyed section", static b => b.Services.AddKeyedGrokChatClient("k", b.Configuration.GetSection("Clients:Fast")), "Clients:Fast:Endpoint" },
        { "keyed action", static b => b.Services.AddKeyedGrokChatClient("k", Plain), "GrokChatClientOptions.Endpoint of the client 'k'" },
        { "host: section Grok", static b => b.AddGrokChatClient(), "Grok:Endpoint" },
        { "host: name", static b => b.AddGrokChatClient("Clients:Fast"), "Clients:Fast:Endpoint" },
        { "host: model", static b => b.AddGrokChatClient("grok-4.7", Secret).Configure(Plain), "GrokChatClientOptions.Endpoint" },
        { "host: section", static b => b.AddGrokChatClient(b.Configuration.GetSection("Clients:Fast")), "Clients:Fast:Endpoint" },
        { "host: action", static b => b.AddGrokChatClient(Plain), "GrokChatClientOptions.Endpoint" },
        { "host: keyed name", static b => b.AddKeyedGrokChatClient("k", "Clients:Fast"), "Clients:Fast:Endpoint" },
        { "host: keyed model", static b => b.AddKeyedGrokChatClient("k", "grok-4.7", Secret).Configure(Plain), "GrokChatClientOptions.Endpoint of the client 'k'" },
        { "host: keyed section", static b => b.AddKeyedGrokChatClient("k", b.Configuration.GetSection("Clients:Fast")), "Clients:Fast:Endpoint" },
        { "host: keyed action", static b => b.AddKeyedGrokChatClient("k", Plain), "GrokChatClientOptions.Endpoint of the client 'k'" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_setting_is_named_by_its_path(string setting, string value, string message)
    {
        // What must be right stands first, so that the wrong value replaces it.
        var builder = App.New(("Grok:ApiKey", Secret), ("Grok:Endpoint", "https://example.org/v1"), ($"Grok:{setting}", value));
        builder.AddGrokChatClient();
        var failure = await FailsToStart(builder);
        Assert.Contains(message, failure, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways), DisableDiscoveryEnumeration = true)]
    public async Task Every_overload_tells_at_start_which_setting_is_wrong(string way, Action<HostApplicationBuilder> register, string message)
    {
        var builder = App.New(
            ("Grok:Endpoint", "http://example.org"), ("Grok:ApiKey", Secret), ("Clients:Fast:Endpoint", "http://example.org"), ("Clients:Fast:ApiKey", Secret));
        register(builder);
        Assert.Contains($"{message} must use https", await FailsToStart(builder), StringComparison.Ordinal);
        Assert.NotEmpty(way);
    }

    [Fact]
    public async Task All_values_that_cannot_be_read_are_told_at_once()
    {
        var builder = App.New(("Grok:Endpoint", Secret), ("Grok:Timeout", "60"), ("Grok:Store", "perhaps"));
        builder.AddGrokChatClient();
        var failure = await FailsToStart(builder);
        Assert.Contains("Grok:Endpoint", failure, StringComparison.Ordinal);
        Assert.Contains("Grok:Timeout", failure, StringComparison.Ordinal);
        Assert.Contains("Grok:Store", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_section_that_was_named_must_be_there()
    {
        var byName = App.New();
        byName.AddGrokChatClient("grok-4.7");
        Assert.Contains("There is no configuration section 'grok-4.7'", await FailsToStart(byName), StringComparison.Ordinal);
        var given = App.New();
        given.AddKeyedGrokChatClient("k", given.Configuration.GetSection("Nowhere"));
        Assert.Contains("There is no configuration section 'Nowhere'", await FailsToStart(given), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_value_counts_as_none()
    {
        var builder = App.New(("Grok:Endpoint", App.Loopback), ("Grok:ApiKey", ""), ("Grok:Model", " "), ("Grok:Timeout", ""));
        builder.AddGrokChatClient();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var options = host.Services.GetRequiredService<IOptions<GrokChatClientOptions>>().Value;
        Assert.Equal(GrokChatClientOptions.DefaultModel, options.Model);
        Assert.Equal(TimeSpan.FromMinutes(60), options.Timeout);
    }

    [Fact]
    public void Every_setting_that_text_can_hold_is_read_from_the_configuration()
    {
        var builder = App.New(
            ("Grok:ApiKey", "xai-1"), ("Grok:Endpoint", "https://example.org/v1"), ("Grok:Model", "grok-9"), ("Grok:Store", "false"), ("Grok:KeepImagesUnstored", "false"),
            ("Grok:EncryptedReasoning", "true"), ("Grok:ReasoningEfforts:grok-9:0", "low"), ("Grok:ContinuationInstructions", "throw"),
            ("Grok:DropUnsupportedContent", "true"), ("Grok:Timeout", "infinite"), ("Grok:StreamIdleTimeout", "00:01:00"), ("Grok:ConnectTimeout", "00:00:05"), ("Grok:ResponseHeadersTimeout", "00:03:00"),
            ("Grok:MaxRetries", "7"), ("Grok:LogSensitiveData", "true"), ("Grok:RetryDelay", "00:00:02"), ("Grok:DropRefusedParameters", "true"),
            ("Grok:MaxConcurrentRequests", "9"), ("Grok:MaxQueuedRequests", "99"));
        builder.AddGrokChatClient();
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptions<GrokChatClientOptions>>().Value;
        var fresh = new GrokChatClientOptions();
        foreach (var property in typeof(GrokChatClientOptions).GetProperties().Where(static p => p.Name is not ("TimeProvider" or "LoggerFactory" or "RetryJitter" or "ReasoningEfforts")))
        {
            Assert.NotEqual(property.GetValue(fresh), property.GetValue(options));
        }

        Assert.Equal(["low"], options.ReasoningEfforts["grok-9"]);
    }

    private static void Plain(GrokChatClientOptions options) => options.Endpoint = new("http://example.org");

    private static async Task<string> FailsToStart(HostApplicationBuilder builder)
    {
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
        return failure.Message;
    }
}
