using Web;
using Web.Memory;

NativeMemory.ReturnLargeBlocks();
return await ChatApp.RunAsync(args, Console.Error);
