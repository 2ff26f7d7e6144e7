using Connectors.Grok.Foundation;

namespace Connectors.Grok.Tests.Foundation;

public class CredentialSettingsTests
{
    private const string Secret = "never-in-a-message";
    private static readonly Uri Remote = new("https://res.services.ai.azure.com/openai/v1");

    [Fact]
    public void More_than_one_source_of_credentials_is_rejected()
    {
        Named("Credential", static o => (o.ApiKey, o.Credential) = (Secret, static _ => new(Secret)));
        Named("HandlerAuthenticates", static o => (o.ApiKey, o.HandlerAuthenticates) = (Secret, true));
        Named("HandlerAuthenticates", static o => (o.Credential, o.HandlerAuthenticates) = (static _ => new(Secret), true));
        Named("RenewCredential", static o => (o.ApiKey, o.RenewCredential) = (Secret, static _ => new(Secret)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("api key")]
    [InlineData("api-key:")]
    [InlineData("Content-Type")]
    [InlineData("accept")]
    [InlineData("Host")]
    [InlineData("x-client-request-id")]
    public void Unusable_name_of_the_credential_header_is_rejected(string name) => Named("CredentialHeader", o => (o.ApiKey, o.CredentialHeader) = (Secret, name));

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Bearer\n")]
    [InlineData("né")]
    public void Unusable_scheme_is_rejected(string scheme) => Named("CredentialScheme", o => (o.ApiKey, o.CredentialScheme) = (Secret, scheme));

    [Theory]
    [InlineData("never-in-a-message here", "value")]
    [InlineData("", "value")]
    [InlineData("x-team", "")]
    [InlineData("x-team", "never-in-a-message\n")]
    [InlineData("x-team", "never-in-a-message-é")]
    [InlineData("Content-Length", "1")]
    [InlineData("User-Agent", "me")]
    [InlineData("authorization", "Bearer never-in-a-message")]
    public void Unusable_extra_header_is_rejected(string name, string value) => Named("Headers", o =>
    {
        o.ApiKey = Secret;
        o.Headers[name] = value;
    });

    [Fact]
    public void Credential_timeout_out_of_range_is_rejected() => Named("CredentialTimeout", static o => (o.ApiKey, o.CredentialTimeout) = (Secret, TimeSpan.Zero));

    [Fact]
    public void Remote_host_needs_a_credential_of_its_own()
    {
        var e = Assert.Throws<ArgumentException>("ApiKey", static () => new GrokChatClientOptions { Endpoint = Remote }.Validate());
        Assert.Contains("res.services.ai.azure.com, set it or Credential, or HandlerAuthenticates", e.Message, StringComparison.Ordinal);
        new GrokChatClientOptions { Endpoint = Remote, Credential = static _ => new(Secret) }.Validate();
        new GrokChatClientOptions { Endpoint = Remote, HandlerAuthenticates = true }.Validate();
        new GrokChatClientOptions { Endpoint = Remote, ApiKey = Secret }.Validate();
        new GrokChatClientOptions { Endpoint = Remote, ApiKey = " ", HandlerAuthenticates = true }.Validate();
    }

    [Fact]
    public void Headers_of_the_options_are_copied()
    {
        var options = new GrokChatClientOptions { ApiKey = Secret, Headers = { ["OpenAI-Project"] = "ocid1" } };
        var settings = GrokSettings.From(options);
        options.Headers["openai-project"] = "other";
        Assert.Equal(KeyValuePair.Create("OpenAI-Project", "ocid1"), Assert.Single(settings.Credentials.Headers));
    }

    private static void Named(string setting, Action<GrokChatClientOptions> spoil)
    {
        var options = new GrokChatClientOptions { Endpoint = Remote };
        spoil(options);
        var e = Assert.Throws<ArgumentException>(setting, options.Validate);
        Assert.DoesNotContain(Secret, e.Message, StringComparison.Ordinal);
    }
}
