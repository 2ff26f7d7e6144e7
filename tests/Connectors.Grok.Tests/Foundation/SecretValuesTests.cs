using Connectors.Grok.Foundation;

namespace Connectors.Grok.Tests.Foundation;

public class SecretValuesTests
{
    [Fact]
    public void Longer_value_is_redacted_before_one_that_it_contains()
    {
        var secrets = new SecretValues(["abcd", "abcd-efgh", "xyz"]);
        Assert.Equal("*** *** xyz", secrets.Redact("abcd-efgh abcd xyz"));
        Assert.Null(secrets.Redact(null));
        Assert.Equal(nameof(SecretValues), $"{secrets}");
    }

    [Fact]
    public void Text_without_values_is_returned_itself()
    {
        var text = new string('a', 3);
        Assert.Same(text, new SecretValues(["abcd"]).Redact(text));
    }

    [Fact]
    public void Oldest_credentials_are_forgotten_and_fixed_values_are_not()
    {
        var secrets = new SecretValues(["the-key"]);
        for (var i = 0; i <= SecretValues.MostSent; i++)
        {
            secrets.Add($"token-{i:0000}");
            secrets.Add($"token-{i:0000}");
        }

        secrets.Add("abc");
        secrets.Add("abc");
        Assert.Equal("token-0000 token-0001 *** *** abc", secrets.Redact($"token-0000 token-0001 token-{SecretValues.MostSent:0000} the-key abc"));
    }
}
