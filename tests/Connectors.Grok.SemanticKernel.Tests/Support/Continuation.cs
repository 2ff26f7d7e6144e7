using System.Diagnostics;
using System.Text.Json;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>A history that was saved, and goes on in another process: this test program itself.</summary>
internal static class Continuation
{
    public static async Task<string> StartAsync(Way way, Uri address, bool? store, ChatHistory history, string question)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(history));
            var program = Path.ChangeExtension(typeof(Continuation).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
            var start = new ProcessStartInfo(program, ["continue", way.Name, address.ToString(), store == false ? "carried" : "stored", file, question])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var answer = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, await errors);
            return await answer;
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static async Task ContinueAsync(string way, Uri address, string mode, string file, string question)
    {
        var history = JsonSerializer.Deserialize<ChatHistory>(await File.ReadAllTextAsync(file))!;
        using var client = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = address, Store = mode == "carried" ? false : null });
        var kernel = Way.Of(way).Kernel(client);
        history.AddUserMessage(question);
        await Console.Out.WriteAsync((await Way.Of(way).Chat(kernel).GetChatMessageContentAsync(history, kernel: kernel)).Content);
    }
}
