using System.Diagnostics;
using Connectors.Grok.Emulator;

namespace Connectors.Grok.Chat.Tests;

/// <summary>The program in a separate process.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task Address_of_the_environment_is_named_on_standard_error_only()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", [Path.Combine(AppContext.BaseDirectory, "Chat.dll"), "What is 6 times 7?"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["XAI_API_KEY"] = "xai-test", ["XAI_BASE_URL"] = emulator.BaseAddress.AbsoluteUri },
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, $"XAI_BASE_URL: using {emulator.BaseAddress}."), (process.ExitCode, (await errors).Trim()));
        Assert.StartsWith("6 * 7 equals 42.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("XAI_BASE_URL", output, StringComparison.Ordinal);
    }
}
