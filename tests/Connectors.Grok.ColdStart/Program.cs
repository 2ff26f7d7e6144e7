// Reads one streamed answer of the endpoint in the argument. Prints the first token as soon as it is there; at the end the length of the text, and the processor
// time of the process in milliseconds.
var length = 0;
await foreach (var text in Reader.ReadAsync(new Uri(args[0])))
{
    if (length == 0)
    {
        Console.WriteLine(text);
    }

    length += text.Length;
}

Console.WriteLine($"{length} {Environment.CpuUsage.TotalTime.TotalMilliseconds:0.0}");
