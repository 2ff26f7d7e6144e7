using System.Diagnostics;

[assembly: AssemblyFixture(typeof(Connectors.Grok.Emulator.Clients.Support.NodePackages))]

namespace Connectors.Grok.Emulator.Clients.Support;

/// <summary>Installs the Node clients into a temporary folder, once for all tests. Tests are skipped when Node or the package registry is not available.</summary>
public sealed class NodePackages : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"emulator-clients-{Guid.NewGuid():N}");
    private string? _missing;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "node")))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }

        _missing = await TryAsync("node", "--version") ?? await TryAsync(
            "npm", "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Skips the calling test, with the reason, when the clients could not be installed.</summary>
    public void SkipIfMissing() => Assert.SkipWhen(_missing is not null, _missing ?? "");

    public string FileOf(string name) => Path.Combine(_folder, name);

    /// <summary>Runs a script and returns the lines it prints.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(string script, params string[] arguments)
    {
        SkipIfMissing();
        var (code, output, errors) = await StartAsync("node", [script, .. arguments]);
        Assert.True(code == 0, $"{script} ended with exit code {code}: {errors}{output}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Runs a program with the address of an emulator in its environment, and returns what it prints; null when the program does not exist.</summary>
    public async Task<(int Code, string Output)?> RunProgramAsync(Uri address, string program, params string[] arguments)
    {
        try
        {
            var (code, output, errors) = await StartAsync(program, arguments, address);
            return (code, output + errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private async Task<string?> TryAsync(string program, params string[] arguments)
    {
        try
        {
            var (code, output, errors) = await StartAsync(program, arguments);
            return code == 0 ? null : $"{program} {arguments[0]} ended with exit code {code}: {errors}{output}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return $"The program {program} was not found.";
        }
    }

    private async Task<(int Code, string Output, string Errors)> StartAsync(string program, string[] arguments, Uri? address = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NO_COLOR"] = "1";
        start.Environment["XAI_BASE_URL"] = address?.ToString();
        start.Environment["AI_SDK_LOG_WARNINGS"] = "false";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Timeout);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, "", $"not finished within {Timeout}");
        }
    }
}
