using System.Net;
using System.Text;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests.Load;

/// <summary>Messages with images to a node in a process of its own, every second one refused by the service. After each accepted one, the conversation and an image are read.</summary>
/// <param name="Messages">The number of messages.</param>
/// <param name="Images">The number of images of each.</param>
/// <param name="ImageBytes">The size of an image.</param>
/// <param name="HeapLimit">The most bytes that the node may have on its managed heap.</param>
internal sealed record ImagesRun(int Messages, int Images, int ImageBytes, long HeapLimit)
{
    /// <summary>The number of messages after which the memory must not grow.</summary>
    private const int WarmUp = 30;

    /// <summary>How much more the later messages may take than the first ones: the allocator of the operating system gives memory back late.</summary>
    private const double Tolerance = 1.15;

    public async Task<ImagesResult> RunAsync(Action<string> print)
    {
        var folder = Directory.CreateTempSubdirectory("grok-web-images-").FullName;
        try
        {
            await using var emulator = await GrokEmulator.StartAsync(new GrokEmulatorOptions { MaxRecordedRequests = 1 });
            string[] settings = [.. LoadRun.NodeSettings, "Grok:MaxRetries=0", "Web:FirstWait=00:01:00"];
            await using var node = await Node.StartAsync($"Data Source={Path.Combine(folder, "conversations.db")}", emulator.BaseAddress, HeapLimit, settings);
            using var visit = new Visit(node.Address);
            var (accepted, refused) = (Body(20, 10), Body(2, 2));
            var memory = new List<long>();
            var (answers, failures) = (new SortedDictionary<string, int>(StringComparer.Ordinal), 0);
            for (var n = 0; n < Messages; n++)
            {
                using var response = await visit.Http.PostAsync("/api/conversations", new ByteArrayContent(n % 2 == 0 ? accepted : refused) { Headers = { ContentType = Visit.Json } });
                if (response.StatusCode == HttpStatusCode.Accepted)
                {
                    failures += await ReadAsync(visit, await Visit.StartedAsync(response), print) ? 0 : 1;
                }

                var status = $"{(int)response.StatusCode}";
                answers[status] = answers.GetValueOrDefault(status) + 1;
                failures += (n % 2 == 0 ? response.StatusCode == HttpStatusCode.Accepted : response.StatusCode == HttpStatusCode.UnprocessableEntity) ? 0 : 1;
                memory.Add(node.WorkingSet);
                if ((n + 1) % 10 == 0)
                {
                    print($"{n + 1,4} messages: {memory[^1] >> 20,4} MiB");
                }
            }

            return new(memory[..Math.Min(WarmUp, memory.Count)].Max(), memory.Max(), memory.Count <= WarmUp || memory[WarmUp..].Max() <= memory[..WarmUp].Max() * Tolerance, failures, answers);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> ReadAsync(Visit visit, (string Conversation, string Run) started, Action<string> print)
    {
        var last = (await visit.EventsAsync(started.Run).ToListAsync())[^1];
        if (last.EventType != "done")
        {
            print($"{last.EventType}: {last.Data}");
            return false;
        }

        var view = await visit.ConversationAsync(started.Conversation);
        var image = view.GetProperty("turns")[0].GetProperty("messages")[0].GetProperty("images")[0].GetProperty("url").GetString();
        using var response = await visit.Http.GetAsync(image);
        return response.StatusCode == HttpStatusCode.OK;
    }

    private byte[] Body(int width, int height)
    {
        var image = Some.Png(width, height, ImageBytes - 33);
        return Encoding.UTF8.GetBytes($$"""{"text":"Describe it.","images":[{{string.Join(',', Enumerable.Repeat($$"""{"data":"{{image}}"}""", Images))}}]}""");
    }
}

/// <summary>The outcome of an <see cref="ImagesRun"/>.</summary>
/// <param name="First">The largest working set during the first messages, in bytes.</param>
/// <param name="Most">The largest working set, in bytes.</param>
/// <param name="IsFlat">Whether the later messages took no more than the first ones.</param>
/// <param name="Failures">The number of unexpected answers.</param>
/// <param name="Answers">The number of messages with each status.</param>
internal sealed record ImagesResult(long First, long Most, bool IsFlat, int Failures, IReadOnlyDictionary<string, int> Answers)
{
    public string Summary =>
        $"{string.Join(", ", Answers.Select(static a => $"{a.Value} × {a.Key}"))}; {Failures} unexpected; working set at most {First >> 20} MiB in the first 30 messages, {Most >> 20} MiB in all: {(IsFlat ? "flat" : "GROWING")}";
}
