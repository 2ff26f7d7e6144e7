using Connectors.Grok.Foundation;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests;

[Collection("environment and console")]
public class GrokChatClientEnvironmentTests
{
    [Theory]
    [InlineData("xai-from-environment")]
    [InlineData(null)]
    public void Constructor_takes_the_API_key_from_the_environment_when_none_is_passed_and_throws_without_any(string? key)
    {
        var before = Environment.GetEnvironmentVariable("XAI_API_KEY");
        try
        {
            Environment.SetEnvironmentVariable("XAI_API_KEY", key);
            if (key is null)
            {
                Assert.Throws<ArgumentException>("ApiKey", static () => new GrokChatClient("grok-4.7", endpoint: new Uri("https://example.org")));
                return;
            }

            using var client = new GrokChatClient("grok-4.7", endpoint: new Uri("https://example.org"));
            Assert.Equal(key, ((IChatClient)client).GetService<GrokSettings>()!.ApiKey);
        }
        finally
        {
            Environment.SetEnvironmentVariable("XAI_API_KEY", before);
        }
    }
}
