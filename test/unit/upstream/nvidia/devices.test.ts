import { describe, expect, test } from 'vitest';

import { countVisible, isDeviceNode, parseSmi, saysNoDevice } from '#upstream/nvidia/devices.ts';

describe('CUDA_VISIBLE_DEVICES', () => {
  test.each([
    ['', 8, 0],
    ['0', 8, 1],
    ['0,1,3', 8, 3],
    [' 0 , 1 ', 8, 2],
    ['0,-1,1', 8, 1],
    ['-1', 8, 0],
    ['0,8,1', 8, 1],
    ['0,7', 8, 2],
    ['0,8,1', null, 3],
    ['0,0', 8, 0],
    ['0,1,x,2', 8, 2],
    ['0,1,', 8, 2],
    ['GPU-5a3b1c2d-0000-1111-2222-333344445555,gpu-6', 8, 2],
    ['MIG-5a3b1c2d-0000', null, 1],
    ['MIG-GPU-1/2/3', null, 0],
    ['GPU-', 8, 0],
    ['NoDevFiles', 8, 0],
    ['x0', null, 0],
    ['0x', null, 0],
    ['xGPU-1', null, 0],
    ['GPU-1x', null, 0],
  ])('%j with %s devices shows %i', (value, devices, count) => expect(countVisible(value, devices)).toBe(count));
});

test.each([
  ['void', true],
  [' none ', true],
  ['', true],
  ['all', false],
  ['0', false],
])('NVIDIA_VISIBLE_DEVICES=%s says no device: %s', (value, said) => expect(saysNoDevice(value)).toBe(said));

test.each([
  ['nvidia0', true],
  ['nvidia15', true],
  ['nvidiactl', false],
  ['nvidia-uvm', false],
  ['xnvidia0', false],
  ['nvidia0x', false],
])('/dev/%s is a GPU: %s', (name, is) => expect(isDeviceNode(name)).toBe(is));

describe('nvidia-smi', () => {
  test.each([
    ['NVIDIA H100, 570.1\nNVIDIA H100, 570.1\n', 'NVIDIA H100', '570.1'],
    ['NVIDIA H100, 570.1\r\nNVIDIA A100, 570.1\r\n', 'NVIDIA H100, NVIDIA A100', '570.1'],
    ['Unable to determine the device handle for GPU0: Unknown Error\nNVIDIA H100, 570.1', 'NVIDIA H100', '570.1'],
    ['NVIDIA H100, [N/A]', 'NVIDIA H100', null],
    ['[Unknown Error], 570.1', null, '570.1'],
    ['ERR!, N/A', null, null],
    [', ', null, null],
    ['No devices were found', null, null],
    ['a, b, c', null, null],
    ['', null, null],
  ])('%j', (output, model, driver) => expect(parseSmi(output)).toEqual({ model, driver }));
});
