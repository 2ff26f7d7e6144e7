using System.Globalization;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Storm;

/// <summary>Sends more calls a second than an emulator allows, through one client that shares the wait, and through a client for each call.</summary>
internal static class StormCommand
{
    private const double MostRequests = 1.3;

    /// <param name="numbers">The calls a second (40), the seconds (10), and the requests a second that the emulator allows (20).</param>
    /// <returns>0 when every call of the shared client was answered, with at most 1.3 requests for each answer.</returns>
    public static async Task<int> RunAsync(string[] numbers)
    {
        var (perSecond, seconds, allowed) = (Number(numbers, 0, 40), Number(numbers, 1, 10), Number(numbers, 2, 20));
        Console.WriteLine($"{perSecond} calls a second for {seconds} s; the emulator allows {allowed} requests a second\n\n| client | calls | answers | requests | requests for each answer | seconds |\n|---|--:|--:|--:|--:|--:|");
        var shared = await RunAsync("shared by all calls", perSecond, seconds, allowed, isShared: true);
        _ = await RunAsync("one for each call", perSecond, seconds, allowed, isShared: false);
        return shared.Answers == perSecond * seconds && shared.Requests <= shared.Answers * MostRequests ? 0 : 1;
    }

    private static async Task<(int Answers, int Requests)> RunAsync(string name, int perSecond, int seconds, int allowed, bool isShared)
    {
        await using var emulator = await GrokEmulator.StartAsync(new() { MaxRequestsPerSecond = allowed, MaxRecordedRequests = int.MaxValue });
        var time = TimeProvider.System;
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
        GrokChatClient NewClient() => new(new GrokChatClientOptions { Endpoint = emulator.BaseAddress, MaxRetries = 2 }, http);
        using var client = NewClient();
        var start = time.GetTimestamp();
        var calls = new List<Task>();
        for (var i = 0; i < perSecond * seconds; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond) - time.GetElapsedTime(start);
            await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero, time);
            calls.Add((isShared ? client : NewClient()).GetResponseAsync("What is 101*3?"));
        }

        await Task.WhenAll(calls).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var (answers, requests) = (calls.Count(static c => c.IsCompletedSuccessfully), emulator.Requests.Count);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {calls.Count} | {answers} | {requests} | {(double)requests / answers:F2} | {time.GetElapsedTime(start).TotalSeconds:F1} |"));
        return (answers, requests);
    }

    private static int Number(string[] numbers, int index, int standard) =>
        index < numbers.Length ? int.Parse(numbers[index], NumberStyles.None, CultureInfo.InvariantCulture) : standard;
}
