using System.Diagnostics;
using System.Text.Json;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests.Support;

/// <summary>Continues a saved history in another process of this test program.</summary>
internal static class Continuation
{
    public static async Task<string> StartAsync(Integration integration, Uri address, bool? store, ChatHistory history, string question, bool hasKey = true)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(history));
            var program = Path.ChangeExtension(typeof(Continuation).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
            var start = new ProcessStartInfo(program, ["continue", integration.Name, address.ToString(), (store == false ? "unstored" : "stored") + (hasKey ? "" : " without key"), file, question])
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

    public static async Task ContinueAsync(string integration, Uri address, string mode, string file, string question)
    {
        var history = JsonSerializer.Deserialize<ChatHistory>(await File.ReadAllTextAsync(file))!;
        using var client = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = address, Store = mode.StartsWith("unstored", StringComparison.Ordinal) ? false : null });
        var kernel = Integration.Parse(integration).Kernel(client, mode.EndsWith("without key", StringComparison.Ordinal) ? null : Integration.HistoryKey, []);
        history.AddUserMessage(question);
        await Console.Out.WriteAsync((await Integration.Parse(integration).Chat(kernel).GetChatMessageContentAsync(history, kernel: kernel)).Content);
    }
}
