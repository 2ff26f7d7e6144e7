using System.ComponentModel;
using Microsoft.SemanticKernel;

namespace Sample;

/// <summary>A plugin with fixed weather.</summary>
internal sealed class WeatherPlugin
{
    [KernelFunction("get_weather"), Description("The weather in a city.")]
    public static string Get([Description("The city.")] string city) => $"Rain in {city}, 12 degrees";
}
