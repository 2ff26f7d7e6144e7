using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>Invalid settings are reported when the host starts, with the name of the setting.</summary>
public class InvalidSettingsTests
{
    private const string Secret = "xai-never-to-be-seen";

    /// <summary>Invalid settings by path below <c>Grok</c>, and the expected messages.</summary>
    public static TheoryData<string, string, string> InvalidSettings => new()
    {
        { "Endpoint", "not an address", "Grok:Endpoint must be an absolute address" },
        { "Endpoint", "ftp://example.org", "Grok:Endpoint must be an absolute http(s) address" },
        { "Endpoint", "http://example.org/v1", "Grok:Endpoint must use https" },
        { "Endpoint", "https://example.org/v1?a=b", "Grok:Endpoint must be a bare address" },
        { "Endpoint", "https://example.org/v1/responses", "Grok:Endpoint must be the API's address" },
        { "ApiKey", "two words", "Grok:ApiKey contains a line break" },
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

    /// <summary>All sources of settings, and the expected name of the setting in messages.</summary>
    public static TheoryData<string, Action<HostApplicationBuilder>, string> Registrations => new()
    {
        { "section Grok", static b => b.Services.AddGrokChatClient(), "Grok:Endpoint" },
        { "name", static b => b.Services.AddGrokChatClient().BindConfiguration("Clients:Fast"), "Clients:Fast:Endpoint" },
        { "model", static b => b.Services.AddGrokChatClient(static o => (o.Model, o.ApiKey) = ("grok-4.7", Secret)).Configure(Plain), "GrokChatClientOptions.Endpoint" },
        { "section", static b => b.Services.AddGrokChatClient().Bind(b.Configuration.GetSection("Clients:Fast")), "Clients:Fast:Endpoint" },
        { "action", static b => b.Services.AddGrokChatClient(Plain), "GrokChatClientOptions.Endpoint" },
        { "keyed name", static b => b.Services.AddKeyedGrokChatClient("k").BindConfiguration("Clients:Fast"), "Clients:Fast:Endpoint" },
        { "keyed model", static b => b.Services.AddKeyedGrokChatClient("k", static o => (o.Model, o.ApiKey) = ("grok-4.7", Secret)).Configure(Plain), "GrokChatClientOptions.Endpoint of the client 'k'" },
        { "keyed section", static b => b.Services.AddKeyedGrokChatClient("k").Bind(b.Configuration.GetSection("Clients:Fast")), "Clients:Fast:Endpoint" },
        { "keyed action", static b => b.Services.AddKeyedGrokChatClient("k", Plain), "GrokChatClientOptions.Endpoint of the client 'k'" },
        { "host: section Grok", static b => b.AddGrokChatClient(), "Grok:Endpoint" },
        { "host: name", static b => b.AddGrokChatClient().BindConfiguration("Clients:Fast"), "Clients:Fast:Endpoint" },
        { "host: model", static b => b.AddGrokChatClient(static o => (o.Model, o.ApiKey) = ("grok-4.7", Secret)).Configure(Plain), "GrokChatClientOptions.Endpoint" },
        { "host: section", static b => b.AddGrokChatClient().Bind(b.Configuration.GetSection("Clients:Fast")), "Clients:Fast:Endpoint" },
        { "host: action", static b => b.AddGrokChatClient(Plain), "GrokChatClientOptions.Endpoint" },
        { "host: keyed name", static b => b.AddKeyedGrokChatClient("k").BindConfiguration("Clients:Fast"), "Clients:Fast:Endpoint" },
        { "host: keyed model", static b => b.AddKeyedGrokChatClient("k", static o => (o.Model, o.ApiKey) = ("grok-4.7", Secret)).Configure(Plain), "GrokChatClientOptions.Endpoint of the client 'k'" },
        { "host: keyed section", static b => b.AddKeyedGrokChatClient("k").Bind(b.Configuration.GetSection("Clients:Fast")), "Clients:Fast:Endpoint" },
        { "host: keyed action", static b => b.AddKeyedGrokChatClient("k", Plain), "GrokChatClientOptions.Endpoint of the client 'k'" },
    };

    [Theory]
    [MemberData(nameof(InvalidSettings))]
    public async Task Invalid_setting_fails_at_startup_with_its_path(string setting, string value, string message)
    {
        // Valid settings come first, so that the invalid value overrides one of them.
        var builder = App.New(("Grok:ApiKey", Secret), ("Grok:Endpoint", "https://example.org/v1"), ($"Grok:{setting}", value));
        builder.AddGrokChatClient();
        var failure = await AssertFailsToStartAsync(builder);
        Assert.Contains(message, failure, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Registrations), DisableDiscoveryEnumeration = true)]
    public async Task Every_registration_reports_an_invalid_setting_at_startup(string registration, Action<HostApplicationBuilder> register, string message)
    {
        var builder = App.New(
            ("Grok:Endpoint", "http://example.org"), ("Grok:ApiKey", Secret), ("Clients:Fast:Endpoint", "http://example.org"), ("Clients:Fast:ApiKey", Secret));
        register(builder);
        Assert.Contains($"{message} must use https", await AssertFailsToStartAsync(builder), StringComparison.Ordinal);
        Assert.NotEmpty(registration);
    }

    [Fact]
    public async Task All_unreadable_values_are_reported_together()
    {
        var builder = App.New(("Grok:Endpoint", Secret), ("Grok:Timeout", "60"), ("Grok:Store", "perhaps"));
        builder.AddGrokChatClient();
        var failure = await AssertFailsToStartAsync(builder);
        Assert.Contains("Grok:Endpoint", failure, StringComparison.Ordinal);
        Assert.Contains("Grok:Timeout", failure, StringComparison.Ordinal);
        Assert.Contains("Grok:Store", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_bound_section_fails_at_startup()
    {
        var byPath = App.New();
        byPath.AddGrokChatClient().BindConfiguration("grok-4.7");
        Assert.Contains("There is no configuration section 'grok-4.7'", await AssertFailsToStartAsync(byPath), StringComparison.Ordinal);
        var given = App.New();
        given.AddKeyedGrokChatClient("k").Bind(given.Configuration.GetSection("Nowhere"));
        Assert.Contains("There is no configuration section 'Nowhere'", await AssertFailsToStartAsync(given), StringComparison.Ordinal);
        var withCode = App.New();
        withCode.AddGrokChatClient(static o => o.Endpoint = new(App.Loopback)).BindConfiguration("Nowhere");
        Assert.Contains("There is no configuration section 'Nowhere'", await AssertFailsToStartAsync(withCode), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grok-4.7", true)]
    [InlineData("Grok-Code-Fast-1", true)]
    [InlineData("xai/grok-4.3", true)]
    [InlineData("Grok", false)]
    [InlineData("Grok:grok-4.7", false)]
    [InlineData("Nowhere", false)]
    public async Task Model_name_passed_as_a_section_is_recognized(string section, bool isModel)
    {
        var builder = App.New();
        builder.AddGrokChatClient().BindConfiguration(section);
        var failure = await AssertFailsToStartAsync(builder);
        Assert.Contains($"There is no configuration section '{section}'.", failure, StringComparison.Ordinal);
        Assert.Equal(isModel, failure.Contains($"'{section}' looks like a model.", StringComparison.Ordinal));
        Assert.Equal(isModel, failure.Contains($"AddGrokChatClient(options => options.Model = \"{section}\")", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Key_passed_as_a_section_is_not_repeated()
    {
        var builder = App.New();
        builder.AddGrokChatClient().BindConfiguration(Secret);
        Assert.Contains("looks like an API key", await AssertFailsToStartAsync(builder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_key_is_reported_with_its_configuration_path()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("XAI_API_KEY") is { Length: > 0 }, "A key is set on this machine.");
        var builder = App.New();
        builder.AddGrokChatClient(static o => o.Endpoint = new("https://example.org/v1"));
        Assert.Contains("Grok:ApiKey is missing", await AssertFailsToStartAsync(builder), StringComparison.Ordinal);
        var bound = App.New(("Fast:Endpoint", "https://example.org/v1"));
        bound.AddKeyedGrokChatClient("fast", static o => o.Model = "grok-4.3").BindConfiguration("Fast");
        Assert.Contains("Fast:ApiKey is missing", await AssertFailsToStartAsync(bound), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configuration_setting_is_reported_by_path_when_code_sets_others()
    {
        var builder = App.New(("Grok:Endpoint", "http://example.org/v1"), ("Grok:ReasoningEfforts:grok-9:0", "high"));
        builder.AddGrokChatClient(static o => (o.ApiKey, o.Model) = (Secret, "grok-4.3"));
        Assert.Contains("Grok:Endpoint must use https", await AssertFailsToStartAsync(builder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_value_uses_the_default()
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
    public void All_text_settings_are_read_from_the_configuration()
    {
        var builder = App.New(
            ("Grok:ApiKey", "xai-1"), ("Grok:Endpoint", "https://example.org/v1"), ("Grok:Model", "grok-9"), ("Grok:Store", "false"), ("Grok:KeepImagesUnstored", "false"),
            ("Grok:EncryptedReasoning", "true"), ("Grok:ReasoningEfforts:grok-9:0", "low"), ("Grok:ContinuationInstructions", "throw"),
            ("Grok:DropUnsupportedContent", "true"), ("Grok:DerivePromptCacheKey", "false"), ("Grok:Timeout", "infinite"), ("Grok:StreamIdleTimeout", "00:01:00"), ("Grok:ConnectTimeout", "00:00:05"), ("Grok:ResponseHeadersTimeout", "00:03:00"),
            ("Grok:MaxRetries", "7"), ("Grok:LogSensitiveData", "true"), ("Grok:RetryDelay", "00:00:02"), ("Grok:DropRefusedParameters", "true"),
            ("Grok:MaxConcurrentRequests", "9"), ("Grok:MaxQueuedRequests", "99"), ("Grok:AlwaysStream", "false"), ("Grok:StreamProgressTimeout", "00:07:00"),
            ("Grok:RetryServerErrors", "true"), ("Grok:RecoveryTimeout", "00:00:07"),
            ("Grok:CredentialHeader", "api-key"), ("Grok:CredentialScheme", "Key"), ("Grok:CredentialTimeout", "00:00:08"), ("Grok:Headers:OpenAI-Project", "ocid1"), ("Grok:Headers:x-none", " "),
            ("Grok:NewResponseTimeout", "00:00:09"), ("Grok:StoredResponsesEndpoint", "https://example.org/v2"), ("Grok:ProviderName", "mine"));
        builder.AddGrokChatClient();
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptions<GrokChatClientOptions>>().Value;
        var fresh = new GrokChatClientOptions();
        foreach (var property in typeof(GrokChatClientOptions).GetProperties().Where(static p => p.Name is not ("TimeProvider" or "LoggerFactory" or "RetryJitter" or "ReasoningEfforts" or "Headers" or "ModelNames" or "Prices")
            && p.Name is not ("Credential" or "RenewCredential" or "HandlerAuthenticates")))
        {
            Assert.NotEqual(property.GetValue(fresh), property.GetValue(options));
        }

        Assert.Equal(["low"], options.ReasoningEfforts["grok-9"]);
        Assert.Equal([new("OpenAI-Project", "ocid1")], options.Headers);
    }

    [Fact]
    public void Authentication_by_a_handler_is_read_from_the_configuration()
    {
        var builder = App.New(("Grok:Endpoint", "https://example.org/v1"), ("Grok:HandlerAuthenticates", "true"));
        builder.AddGrokChatClient();
        using var host = builder.Build();
        Assert.True(host.Services.GetRequiredService<IOptions<GrokChatClientOptions>>().Value.HandlerAuthenticates);
    }

    [Fact]
    public async Task Two_sources_of_credentials_are_reported_without_their_values()
    {
        var builder = App.New(("Grok:Endpoint", "https://example.org/v1"), ("Grok:ApiKey", Secret));
        builder.AddGrokChatClient(static o => o.Credential = static _ => new(Secret));
        Assert.Contains("GrokChatClientOptions.Credential and ApiKey are both set: set exactly one", await AssertFailsToStartAsync(builder), StringComparison.Ordinal);
    }

    private static void Plain(GrokChatClientOptions options) => options.Endpoint = new("http://code.example.org");

    private static async Task<string> AssertFailsToStartAsync(HostApplicationBuilder builder)
    {
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
        return failure.Message;
    }
}
