using Connectors.Grok.Emulator;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conventions;

/// <summary>Every C# block of docs/files.md, in its order, run against an emulator that the environment points to.</summary>
[Collection("environment and console")]
public class FilesPageCode
{
    [Fact]
    public void Code_of_the_files_page_equals_the_compiled_code()
    {
        var page = CodeBlocks.OfPage(Repository.PathTo("docs/files.md")).ToList();
        Assert.Equal(CodeBlocks.OfSource(Repository.PathTo("tests/Connectors.Grok.Tests/Conventions/FilesPageCode.cs")), page);
        Assert.InRange(File.ReadAllLines(Repository.PathTo("docs/files.md")).SkipWhile(static l => l != "```csharp").Skip(1).TakeWhile(static l => l != "```").Count(), 1, 10);
    }

    [Fact]
    public async Task Code_of_the_files_page_uploads_asks_and_deletes()
    {
        await using var server = await GrokEmulator.StartAsync();
        Environment.SetEnvironmentVariable("XAI_BASE_URL", server.BaseAddress.AbsoluteUri);
        var (console, output) = (Console.Out, new StringWriter());
        Console.SetOut(output);
        await File.WriteAllBytesAsync("report.pdf", Some.Pdf("The revenue of 2026 was 42 million."));
        try
        {
            await RunAsync();
        }
        finally
        {
            Console.SetOut(console);
            Environment.SetEnvironmentVariable("XAI_BASE_URL", null);
            File.Delete("report.pdf");
        }

        Assert.Contains("42 million", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("report-2026.pdf: ", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\nreport.pdf: ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(server.Requests, static r => r.Method == "DELETE" && r.Path.StartsWith("/v1/files/file_", StringComparison.Ordinal));
    }

    private static async Task RunAsync()
    {
        #region program
        using var grok = new GrokChatClient("grok-4.7");
        var files = grok.GetService<GrokFileClient>()!;
        var report = await files.UploadAsync("report.pdf");
        var answer = await grok.GetResponseAsync(new ChatMessage(ChatRole.User, [report, new TextContent("What was the revenue?")]));
        Console.WriteLine(answer.Text);
        await files.DeleteAsync(report.FileId);
        #endregion

        #region stream
        await using var content = File.OpenRead("report.pdf");
        var large = await files.UploadAsync(content, "application/pdf", "report-2026.pdf", new GrokFileUploadOptions
        {
            ExpiresAfter = TimeSpan.FromDays(7),
            Progress = new Progress<GrokUploadProgress>(p => Console.WriteLine($"{p.SentBytes} of {p.TotalBytes} bytes")),
        });
        #endregion

        #region list
        await foreach (var file in files.ListAsync(new GrokFileListOptions { Filter = "content_type = \"pdf\"" }))
        {
            Console.WriteLine($"{file.Name}: {file.SizeInBytes} bytes");
        }

        await using var stored = await files.DownloadAsync(large.FileId);
        #endregion

        using var reader = new StreamReader(stored);
        Assert.StartsWith("%PDF-", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }
}
