using System.Net;
using System.Net.Sockets;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Web;

namespace Connectors.Grok.Web.Tests;

/// <summary>The sample without a key, started twice.</summary>
public class WithoutKeyTests
{
    [Fact]
    public async Task Sample_without_a_key_logs_that_an_emulator_answers()
    {
        using var log = new LogCapture();
        await using var app = await ChatApp.BuildAsync(["--XAI_API_KEY=", "--XAI_BASE_URL="], builder => builder.Logging.ClearProviders().AddProvider(log));
        await using var emulator = app.Services.GetRequiredService<GrokEmulator>();
        Assert.Contains(log.Lines, static line => line.Contains("No XAI_API_KEY: using a local emulator of the API, not Grok.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Second_instance_on_a_port_ends_with_one_line_and_exit_code_2()
    {
        using var errors = new StringWriter();
        using var log = new LogCapture();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        var folder = Directory.CreateTempSubdirectory("grok-web-");
        try
        {
            string[] args = [$"--Urls={address}", "--Grok:Endpoint=http://127.0.0.1:1", $"--Grok:ApiKey={Marked.Key}", $"--Web:Database={Path.Combine(folder.FullName, "conversations.db")}"];
            Assert.Equal(2, await ChatApp.RunAsync(args, errors, builder => builder.Logging.ClearProviders().AddProvider(log)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Assert.Equal($"Failed to bind to address {address}: address already in use. Stop the program that listens there, or choose another address, such as --urls http://localhost:5181", errors.ToString().TrimEnd());
        Assert.DoesNotContain(log.Lines, static line => line.Contains("Exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sample_without_a_key_starts_an_emulator_and_stores_conversations_in_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("grok-web-");
        var database = $"Data Source={Path.Combine(folder.FullName, "conversations.db")}";
        try
        {
            var (cookies, conversation) = (new System.Net.CookieContainer(), "");
            await using (var node = await Node.StartAsync(database, null))
            using (var visit = new Visit(node.Address, cookies))
            {
                var about = await visit.GetAsync("/api/about");
                Assert.True(about.GetProperty("isEmulated").GetBoolean() && about.GetProperty("canInjectFaults").GetBoolean());
                (conversation, _) = await visit.AskAsync("My name is Alice.");
            }

            // The second process has a new emulator without stored responses.
            await using (var node = await Node.StartAsync(database, null))
            using (var visit = new Visit(node.Address, cookies))
            {
                Assert.Contains("Alice", (await visit.AskAsync("What's my name?", conversation)).Text, StringComparison.Ordinal);
                Assert.True((await visit.ConversationAsync(conversation)).GetProperty("turns")[1].GetProperty("isRebuilt").GetBoolean());
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
